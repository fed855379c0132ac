use proptest::prelude::*;

use super::names::{Target, meant};
use super::propose;
use crate::map::Mapping;
use crate::model::Edition::{E2025_10, E2026_08};
use crate::model::{Edition, Entry, FieldRule, MappingSpec, Origin, Position, Proposal, Row};

/// A table: the header, and rows of cells; a blank cell is absent.
fn look(edition: Edition, table: &str) -> Proposal {
    let mut lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
    let cells = |line: &str| {
        line.split('|')
            .map(|cell| cell.trim().to_owned())
            .collect::<Vec<_>>()
    };
    let header = cells(lines.next().expect("a header"));
    let rows: Vec<Row> = lines.map(|line| row(&cells(line))).collect();
    propose(edition, &header, &rows)
}

fn row(cells: &[String]) -> Row {
    let mut row = Row::default();
    row.begin(Position::default());
    for cell in cells {
        row.push(Some(cell.as_bytes()));
    }
    row
}

fn entry<'p>(proposal: &'p Proposal, field: &str) -> &'p Entry {
    let found = proposal.entries.iter().find(|entry| entry.field == field);
    found.unwrap_or_else(|| panic!("nothing is proposed for {field}: {proposal:#?}"))
}

fn has(proposal: &Proposal, field: &str) -> bool {
    proposal.entries.iter().any(|entry| entry.field == field)
}

/// `column`, `a + b`, `= value`; with what else the rule has.
fn shown(rule: &FieldRule) -> String {
    let origin = match &rule.origin {
        Origin::Column(name) => name.clone(),
        Origin::Columns { columns, .. } => columns.join(" + "),
        Origin::Constant(text) => format!("= {text}"),
    };
    let map: Vec<_> = rule
        .map
        .iter()
        .map(|(from, to)| format!("{from}>{to}"))
        .collect();
    let mut parts = vec![origin, map.join(",")];
    parts.extend(rule.format.clone());
    parts.extend(rule.separator.clone());
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

fn rule(proposal: &Proposal, field: &str) -> String {
    entry(proposal, field)
        .rule
        .as_ref()
        .map(shown)
        .unwrap_or_default()
}

fn why<'p>(proposal: &'p Proposal, field: &str) -> &'p str {
    entry(proposal, field)
        .undecided
        .as_deref()
        .unwrap_or("decided")
}

/// The field that a name means most, in the words of the table below.
fn best(name: &str, edition: Edition) -> String {
    match meant(name, edition).first() {
        None => "-".to_owned(),
        Some((Target::Field(slot), _)) => slot.path().into_owned(),
        Some((Target::FirstName, _)) => "first".to_owned(),
        Some((Target::MiddleName, _)) => "middle".to_owned(),
        Some((Target::LastName, _)) => "last".to_owned(),
    }
}

mod names {
    use super::*;

    /// Names as people write them, by the field that they mean.
    const WRITTEN: &[(&str, &str)] = &[
        (
            "platformCustomerId",
            "user_id,userId,USER_ID,User ID,member_no,memberNumber,customer_id,CustomerID,customer_no,client_id,external_id,externalId,uuid,id,ID,pk,_id,user.id,user_uuid,account_id,uid,ext-id,Kundennummer",
        ),
        (
            "customerType",
            "customer_type,type,kind,account_type,userType,is_business,isCompany,client_type,person_type,category",
        ),
        (
            "email",
            "email,e_mail,E-Mail,mail,email_address,emailAddress,user_email,userEmail,contact_email,EMAIL,primary_email,user.email,profile.email,mail_address",
        ),
        (
            "phoneNumber",
            "phone,phone_number,mobile,cell,tel,Tel.,telephone,mobileNumber,cell_phone,msisdn,user_phone,contact_phone,Telefon,phone no,handy,phone_e164",
        ),
        (
            "address.line1",
            "street,address,addr1,address1,address_line1,addressLine1,street_address,billing_street,home_address,addr,Straße,address.street,address.line_1,billing_address_line1,residential_address_line_1",
        ),
        (
            "address.line2",
            "street_2,street2,addr2,address2,address_line_2,apt,unit,suite",
        ),
        (
            "address.city",
            "city,town,City,billing_city,locality,Ort,address_city,home_city,address.city_name",
        ),
        (
            "address.state",
            "state,province,region_code,state_province,billing_state,county,address.province,state/province",
        ),
        (
            "address.postalCode",
            "zip,zip_code,postcode,postal_code,PLZ,zipCode,billing_zip,post code,pincode,address.postcode,address.zip",
        ),
        (
            "address.country",
            "country_code,country_of_residence,billing_country,residence_country,countryCode,address.country_code,iso_country",
        ),
        (
            "birthDate",
            "dob,DOB,date_of_birth,dateOfBirth,birth_date,birthdate,birthday,born,user_dob,Geburtsdatum,personal.dob",
        ),
        (
            "fullName",
            "full_name,fullname,name,user_name,customer_name,person_name,display_name,FullName",
        ),
        (
            "first",
            "first_name,firstName,given_name,givenName,fname,forename,Vorname,Prénom,name.first,user_first_name,applicant_first_name",
        ),
        ("middle", "middle_name,middleName,mname,middle_initial"),
        (
            "last",
            "last_name,lastName,surname,family_name,lname,Nachname,name.last,user_last_name",
        ),
        (
            "nationality",
            "citizenship,country_of_citizenship,nationality_code",
        ),
        ("identifier", "ssn,SSN,social_security_number,itin"),
        ("idType", "id_type,tax_id_type"),
        (
            "sourceOfFundsCategories",
            "source_of_funds,sources_of_funds",
        ),
        (
            "businessInfo.legalName",
            "company,company_name,companyName,business_name,legal_name,organization,org_name,organisation,Firma,merchant_name,business.name",
        ),
        (
            "businessInfo.taxId",
            "vat_id,vat,VAT No,ein,EIN,tax_id,taxId,vat_number,gstin,company_tax_id",
        ),
        (
            "businessInfo.registrationNumber",
            "registration_number,company_number,reg_no,company_registration_number",
        ),
        (
            "businessInfo.country",
            "company_country,country_of_incorporation,incorporation_country,jurisdiction,business_country",
        ),
        (
            "businessInfo.incorporatedOn",
            "founded,incorporated_on,incorporation_date,date_of_incorporation,established",
        ),
        (
            "businessInfo.doingBusinessAs",
            "dba,trading_name,doing_business_as",
        ),
        (
            "businessInfo.entityType",
            "entity_type,legal_form,company_type",
        ),
        ("businessInfo.businessType", "sector,industry,business_type"),
        (
            "endUserTermsConsent.acceptedAt",
            "terms_accepted_at,tos_accepted_at,accepted_terms_at,tos_date",
        ),
        (
            "endUserTermsConsent.ipAddress",
            "terms_ip,tos_ip,ip_address,consent_ip",
        ),
        (
            "endUserTermsConsent.termsVersion",
            "terms_version,tosVersion",
        ),
        ("currencies", "currency,preferred_currency"),
        ("umaAddress", "uma,uma_address"),
        ("externalAccount.accountInfo.iban", "iban,IBAN,bank_iban"),
        (
            "externalAccount.accountInfo.routingNumber",
            "routing,routing_number,aba",
        ),
        (
            "externalAccount.accountInfo.accountNumber",
            "account_no,acct_no,bank_account_number",
        ),
        (
            "-",
            "created_at,createdAt,updated_at,last_login,last_login_at,password,password_hash,notes,plan,referrer_email,manager_name,parent_id,status,score,avatar_url,is_active,spouse_first_name,deleted_at,device_id,stripe_customer_id",
        ),
    ];

    #[test]
    fn what_people_call_a_field_is_known() {
        let mut wrong = Vec::new();
        let mut count = 0;
        for (field, names) in WRITTEN {
            for name in names.split(',') {
                count += 1;
                let best = best(name, E2026_08);
                if best != *field {
                    wrong.push(format!("{name}: {best}, not {field}"));
                }
            }
        }
        assert!(count > 150, "{count}");
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn an_edition_has_its_own_fields() {
        assert_eq!(best("iban", E2025_10), "bankAccountInfo.iban");
        assert_eq!(best("bic", E2025_10), "bankAccountInfo.swiftBic");
        assert_eq!(best("email", E2025_10), "-");
        assert_eq!(
            best("beneficialOwners[0].fullName", E2025_10),
            "beneficialOwners[0].fullName"
        );
    }
}

mod keys {
    use super::*;

    #[test]
    fn the_key_is_a_column_that_is_called_so_and_tells_users_apart() {
        let proposal = look(
            E2026_08,
            "id | user_id | name\n1 | a | Ada\n2 | b | Bob\n3 | b | Cid",
        );
        assert_eq!(
            rule(&proposal, "platformCustomerId"),
            "id",
            "user_id repeats"
        );
        let proposal = look(
            E2026_08,
            "id | user_id | name\n1 | a | Ada\n2 | b | Bob\n3 | c | Cid",
        );
        assert_eq!(rule(&proposal, "platformCustomerId"), "user_id");
        let others: Vec<_> = entry(&proposal, "platformCustomerId")
            .others
            .iter()
            .map(shown)
            .collect();
        assert_eq!(others, ["id"]);
    }

    #[test]
    fn without_one_the_columns_that_could_be_are_named() {
        let proposal = look(
            E2026_08,
            "slug | mail | name\nx1 | a@b.dev | Ada\nx2 | c@d.dev | Ada",
        );
        let key = entry(&proposal, "platformCustomerId");
        assert!(!key.is_active);
        assert_eq!(key.others.iter().map(shown).collect::<Vec<_>>(), ["slug"]);
        assert!(why(&proposal, "platformCustomerId").contains("no two the same"));
    }

    #[test]
    fn one_that_repeats_is_told_and_not_taken() {
        let proposal = look(E2026_08, "user_id | name\n1 | Ada\n1 | Bob");
        assert!(!entry(&proposal, "platformCustomerId").is_active);
        assert!(why(&proposal, "platformCustomerId").contains("the same in two"));
    }
}

mod types {
    use super::*;

    fn types(words: &str) -> String {
        let rows: Vec<_> = words
            .split(' ')
            .enumerate()
            .map(|(id, word)| format!("{id} | {word}"))
            .collect();
        rule(
            &look(E2026_08, &format!("id | type\n{}", rows.join("\n"))),
            "customerType",
        )
    }

    #[test]
    fn words_for_people_and_companies_are_mapped() {
        assert_eq!(types("P C P"), "type C>BUSINESS,P>INDIVIDUAL");
        assert_eq!(types("B C B"), "type B>BUSINESS,C>INDIVIDUAL");
        assert_eq!(types("b2b b2c"), "type b2b>BUSINESS,b2c>INDIVIDUAL");
        assert_eq!(types("INDIVIDUAL BUSINESS"), "type");
        assert_eq!(
            types("Private Company"),
            "type Company>BUSINESS,Private>INDIVIDUAL"
        );
    }

    #[test]
    fn a_question_is_answered_with_yes_and_no() {
        let proposal = look(E2026_08, "id | is_business\n1 | true\n2 | false");
        assert_eq!(
            rule(&proposal, "customerType"),
            "is_business false>INDIVIDUAL,true>BUSINESS"
        );
        let proposal = look(E2026_08, "id | is_individual\n1 | 1\n2 | 0");
        assert_eq!(
            rule(&proposal, "customerType"),
            "is_individual 0>BUSINESS,1>INDIVIDUAL"
        );
    }

    #[test]
    fn where_nothing_tells_all_are_people_unless_there_are_companies() {
        let proposal = look(E2026_08, "id | name | tax_id\n1 | Ada | 1");
        assert_eq!(rule(&proposal, "customerType"), "= INDIVIDUAL");
        assert!(entry(&proposal, "customerType").is_active);
        assert!(!has(&proposal, "businessInfo.taxId"), "people have none");
        assert_eq!(proposal.unused, ["tax_id"]);
        let proposal = look(E2026_08, "id | name | company\n1 | Ada | \n2 | | Foo AG");
        assert!(!entry(&proposal, "customerType").is_active);
        let others: Vec<_> = entry(&proposal, "customerType")
            .others
            .iter()
            .map(shown)
            .collect();
        assert_eq!(others, ["= BUSINESS"]);
    }

    #[test]
    fn a_word_that_is_not_known_is_named_where_it_is_a_word() {
        let proposal = look(
            E2026_08,
            "id | type\n1 | person\n2 | vip\n3 | vip\n4 | person\n5 | person\n6 | Ada Lovelace",
        );
        assert_eq!(entry(&proposal, "customerType").unknown, ["vip"]);
        assert!(why(&proposal, "customerType").contains("2 values mean"));
    }

    #[test]
    fn what_the_other_type_may_not_have_is_left_to_decide() {
        let proposal = look(
            E2026_08,
            "id | type | name | company\n1 | person | Ada Vey | Babbage & Co\n2 | company | Bob Vey | Foo AG",
        );
        assert!(why(&proposal, "businessInfo.legalName").contains("1 rows of people"));
        assert!(why(&proposal, "fullName").contains("1 rows of companies"));
    }
}

mod dates {
    use super::*;

    fn dates(values: &str) -> Proposal {
        let rows: Vec<_> = values
            .split(';')
            .enumerate()
            .map(|(id, date)| format!("{id} | {date}"))
            .collect();
        look(E2026_08, &format!("id | dob\n{}", rows.join("\n")))
    }

    #[test]
    fn the_format_is_the_one_that_all_values_have() {
        for (values, format) in [
            ("1985-04-03;1990-12-31", "dob"),
            ("03/04/1985;31/12/1990", "dob %d/%m/%Y"),
            ("04/03/1985;12/31/1990", "dob %m/%d/%Y"),
            ("03.04.1985;1.12.1990", "dob %d.%m.%Y"),
            ("1985/04/03;1990/12/31", "dob %Y/%m/%d"),
            ("19850403;19901231", "dob %Y%m%d"),
            ("3 Apr 1985;31 Dec 1990", "dob %d %b %Y"),
            ("April 3, 1985;December 31, 1990", "dob %B %d, %Y"),
            ("03-Apr-1985;31-Dec-1990", "dob %d-%b-%Y"),
        ] {
            let proposal = dates(values);
            assert_eq!(rule(&proposal, "birthDate"), format, "{values}");
            assert!(entry(&proposal, "birthDate").is_active, "{values}");
        }
    }

    #[test]
    fn a_day_that_may_be_a_month_is_left_with_both_readings() {
        let proposal = dates("03/04/1985;05/06/1990");
        assert!(!entry(&proposal, "birthDate").is_active);
        assert_eq!(rule(&proposal, "birthDate"), "dob %d/%m/%Y");
        let others: Vec<_> = entry(&proposal, "birthDate")
            .others
            .iter()
            .map(shown)
            .collect();
        assert_eq!(others, ["dob %m/%d/%Y"]);
        assert!(why(&proposal, "birthDate").contains("no value tells"));
    }

    #[test]
    fn what_no_format_reads_says_what_to_do() {
        assert!(
            why(
                &dates("1985-04-03T00:00:00Z;1990-12-31T00:00:00Z"),
                "birthDate"
            )
            .contains("CAST(")
        );
        assert!(
            why(&dates("03/04/85;31/12/90"), "birthDate").contains("look like it"),
            "no century"
        );
        assert!(why(&dates("soon;never"), "birthDate").contains("look like it"));
    }

    #[test]
    fn a_few_that_are_written_otherwise_are_told() {
        let mut values = vec!["31/12/1990"; 30];
        values.push("1990");
        let proposal = dates(&values.join(";"));
        assert_eq!(rule(&proposal, "birthDate"), "dob %d/%m/%Y");
        assert_eq!(
            entry(&proposal, "birthDate").notes,
            ["1 of 31 values are written otherwise, and will be rejected"]
        );
    }

    #[test]
    fn a_moment_needs_its_offset() {
        let consent = |at: &str| {
            look(
                E2026_08,
                &format!(
                    "id | terms_accepted_at | terms_ip | terms_version | acceptance_method\n1 | {at} | 192.0.2.1 | V1 | CHECKBOX"
                ),
            )
        };
        assert!(
            entry(
                &consent("2026-01-02T03:04:05Z"),
                "endUserTermsConsent.acceptedAt"
            )
            .is_active
        );
        assert_eq!(
            rule(
                &consent("2026-01-02 03:04:05 +0200"),
                "endUserTermsConsent.acceptedAt"
            ),
            "terms_accepted_at %Y-%m-%d %H:%M:%S %z"
        );
        assert!(
            why(
                &consent("2026-01-02 03:04:05"),
                "endUserTermsConsent.acceptedAt"
            )
            .contains("without an offset")
        );
    }
}

mod values {
    use super::*;

    #[test]
    fn countries_are_mapped_from_the_names_that_are_there() {
        let proposal = look(
            E2026_08,
            "id | street | zip | country\n1 | A | 1 | Germany\n2 | B | 2 | US\n3 | C | 3 | usa\n4 | D | 4 | Atlantis\n5 | E | 5 | Atlantis\n6 | F | 6 | Mrs Miller",
        );
        assert_eq!(
            rule(&proposal, "address.country"),
            "country Germany>DE,usa>US"
        );
        assert_eq!(
            entry(&proposal, "address.country").unknown,
            ["Atlantis"],
            "no value of one row alone"
        );
        assert!(entry(&proposal, "address.country").is_active);
    }

    #[test]
    fn a_gap_in_an_object_is_told() {
        let proposal = look(
            E2026_08,
            "id | street | zip | country\n1 | A | 1 | US\n2 | B | 2 | \n3 | | | ",
        );
        assert!(why(&proposal, "address.country").starts_with("1 of 3 rows have no `country`"));
        assert!(entry(&proposal, "address.country").is_active);
    }

    #[test]
    fn half_an_object_is_left_as_a_whole() {
        let proposal = look(E2026_08, "id | street | city\n1 | A | X\n2 | B | Y");
        for field in [
            "address.line1",
            "address.city",
            "address.postalCode",
            "address.country",
        ] {
            assert!(!entry(&proposal, field).is_active, "{field}");
        }
        assert!(entry(&proposal, "address.postalCode").rule.is_none());
    }

    #[test]
    fn telephone_numbers_that_grid_refuses_are_told() {
        let proposal = look(E2026_08, "id | phone\n1 | (415) 555-0123\n2 | +14155550124");
        assert!(entry(&proposal, "phoneNumber").is_active);
        assert!(entry(&proposal, "phoneNumber").notes[0].contains("1 of 2"));
        let proposal = look(
            E2026_08,
            "id | phone\n1 | (415) 555-0123\n2 | 0049 170 1234567",
        );
        assert!(!entry(&proposal, "phoneNumber").is_active);
    }

    #[test]
    fn lists_are_separated_as_they_are() {
        let proposal = look(E2026_08, "id | currency\n1 | USD;EUR\n2 | USD");
        assert_eq!(rule(&proposal, "currencies"), "currency ;");
        let proposal = look(
            E2026_08,
            "id | source_of_funds\n1 | salary/gift\n2 | SAVINGS",
        );
        assert_eq!(
            rule(&proposal, "sourceOfFundsCategories"),
            "source_of_funds gift>GIFT,salary>SALARY /"
        );
    }

    #[test]
    fn a_name_is_put_together_unless_it_is_there() {
        let proposal = look(
            E2026_08,
            "id | first_name | middle_name | last_name | display_name\n1 | Ada | M | Vey | ada",
        );
        assert_eq!(
            rule(&proposal, "fullName"),
            "first_name + middle_name + last_name"
        );
        let proposal = look(
            E2026_08,
            "id | first_name | last_name | full_name\n1 | Ada | Vey | Ada Vey",
        );
        assert_eq!(rule(&proposal, "fullName"), "full_name");
        let proposal = look(E2026_08, "id | first_name\n1 | Ada");
        assert!(why(&proposal, "fullName").contains("half a name"));
    }

    #[test]
    fn values_that_are_something_else_take_a_name_its_meaning() {
        let proposal = look(
            E2026_08,
            "id | email | contact\n1 | yes | a@b.dev\n2 | no | c@d.dev",
        );
        assert!(!entry(&proposal, "email").is_active);
        let proposal = look(
            E2026_08,
            "id | status | category\n1 | active | gold\n2 | closed | silver",
        );
        assert_eq!(rule(&proposal, "customerType"), "= INDIVIDUAL");
        assert_eq!(proposal.unused, ["status", "category"]);
    }

    #[test]
    fn a_column_that_bears_a_fields_name_for_something_else_is_told() {
        let proposal = look(
            E2026_08,
            "id | street | zip | country | region\n1 | A | 1 | US | Bavaria\n2 | B | 2 | US | Bavaria",
        );
        assert_eq!(rule(&proposal, "address.state"), "region");
        assert!(why(&proposal, "region").contains("rename it"));
    }

    #[test]
    fn columns_of_one_name_cannot_be_mapped() {
        let proposal = look(E2026_08, "id | mail | mail\n1 | a@b.dev | c@d.dev");
        assert!(!has(&proposal, "email"));
    }

    #[test]
    fn an_account_waits_for_its_type() {
        let proposal = look(E2026_08, "id | iban\n1 | DE53526837906525148185");
        assert!(!entry(&proposal, "externalAccount.accountInfo.iban").is_active);
        assert!(has(&proposal, "externalAccount.accountInfo.accountType"));
    }
}

/// Texts of all kinds, among them names of fields and words of lists.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[A-Za-zÀ-ž0-9@.+/ -]{0,14}",
        1 => Just("P".to_owned()),
        1 => Just("Germany".to_owned()),
        1 => Just("31/12/1999".to_owned()),
        1 => Just(String::new()),
    ]
}

const KNOWN: &[&str] = &[
    "id",
    "type",
    "dob",
    "country",
    "citizenship",
    "phone",
    "first_name",
    "last_name",
    "street",
    "zip",
    "email",
    "company",
    "sector",
    "currency",
    "region",
    "FullName",
    "terms_ip",
];

fn name() -> impl Strategy<Value = String> {
    prop_oneof![4 => proptest::sample::select(KNOWN).prop_map(str::to_owned), 1 => "[a-zA-Z_ .]{1,12}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_is_proposed_binds_once_key_and_type_are_there(
        header in proptest::collection::btree_set(name(), 1..9),
        cells in proptest::collection::vec(proptest::collection::vec(cell(), 9), 0..12),
    ) {
        let header: Vec<String> = header.into_iter().collect();
        let rows: Vec<Row> = cells.iter().map(|cells| row(&cells[..header.len()])).collect();
        for edition in Edition::ALL {
            let proposal = propose(edition, &header, &rows);
            let mut spec = MappingSpec::default();
            for entry in proposal.entries.iter().filter(|entry| entry.is_active) {
                let rule = entry.rule.clone();
                prop_assert!(rule.is_some(), "{}", entry.field);
                spec.rules.extend(rule.map(|rule| (entry.field.clone(), rule)));
            }
            if !proposal.entries.iter().any(|entry| entry.undecided.is_some()) {
                let bound = Mapping::bind(&spec, edition, &header);
                prop_assert!(bound.is_ok(), "{:?}", bound.err());
            }
        }
    }

    #[test]
    fn no_value_that_stands_in_one_row_alone_is_in_a_proposal(
        names in proptest::collection::vec("[A-Z][a-z]{2,6} [A-Z][a-z]{2,6}qx", 6),
        column in proptest::sample::select(&["type", "country", "sector", "citizenship", "source_of_funds", "legal_form", "currency", "name"][..]),
    ) {
        let mut names = names;
        names.sort();
        names.dedup();
        let rows: Vec<Row> = names.iter().enumerate().map(|(id, name)| row(&[id.to_string(), name.clone()])).collect();
        let proposal = propose(E2026_08, &["id".to_owned(), column.to_owned()], &rows);
        let text = format!("{proposal:?}");
        for name in &names {
            prop_assert!(!text.contains(name.as_str()), "{} in {}", name, text);
        }
    }
}
