//! Users by rule: the same number gives the same user in every run.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Columns of the file, by Grid's own names.
pub(crate) const COLUMNS: [&str; 12] = [
    "platformCustomerId",
    "customerType",
    "fullName",
    "birthDate",
    "nationality",
    "email",
    "phoneNumber",
    "address.line1",
    "address.city",
    "address.state",
    "address.postalCode",
    "address.country",
];

const GIVEN: [&str; 8] = [
    "Ada", "Björn", "Chidi", "Dolores", "Elif", "Farouk", "Greta", "Hélène",
];

const FAMILY: [&str; 7] = [
    "Abernathy",
    "Brandt",
    "Castellanos",
    "Dvořák",
    "Eriksen",
    "Fairweather",
    "Oyelaran",
];

/// One user.
#[derive(Clone, Copy)]
pub(crate) struct User {
    /// Which one.
    pub(crate) number: u32,
    /// Whether it lives in another city than it first did.
    pub(crate) moved: bool,
}

impl User {
    /// What the key ends in: different for every number, and in no order, as keys of a real
    /// platform are. The multiplier is odd, so no two numbers share a product.
    pub(crate) const fn key(self) -> u32 {
        self.number.wrapping_mul(0x9E37_79B1)
    }

    fn write(self, out: &mut impl Write) -> io::Result<()> {
        let (key, number) = (self.key(), self.number);
        let given = pick(&GIVEN, number);
        let family = pick(&FAMILY, number / 8);
        let (year, month, day) = (1950 + number % 50, 1 + number % 12, 1 + number % 28);
        let (phone, house, post) = (number % 10_000, 1 + number % 997, 60_000 + number % 700);
        let city = if self.moved { "Evanston" } else { "Chicago" };
        writeln!(
            out,
            "usr_{key:08x},INDIVIDUAL,{given} {family},{year}-{month:02}-{day:02},US,\
             {key:08x}@mail.fairwind-post.net,+1312555{phone:04},\"{house} Alder Street, Rear\",\
             {city},IL,{post},US"
        )
    }
}

fn pick<'a>(from: &[&'a str], number: u32) -> &'a str {
    from[number as usize % from.len()]
}

/// Writes a CSV file of these users, in this order.
pub(crate) fn write_users(path: &Path, users: impl IntoIterator<Item = User>) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "{}", COLUMNS.join(","))?;
    users
        .into_iter()
        .try_for_each(|user| user.write(&mut out))?;
    out.flush()
}
