//! One pass over a query, on the thread that it has for itself.

use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio_postgres::{Client, Error, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::Address;
use super::copy::{Cells, Lines};
use super::describe::{cells, describe};
use super::fault::{Asked, in_rows, not_connected};
use super::statement::{BEGIN, Select, UNKNOWN_ENCODING};
use super::tls::connector;
use crate::source::pump::{Ended, Outlet};
use crate::source::statement::{places, select};
use crate::source::{DatabaseFault, ServerSettings};

/// A server is given so long to hear that its query is not wanted any more.
const CANCEL: Duration = Duration::from_secs(2);

/// Connects, and reads header and rows, until all are read or the reader goes.
pub(in crate::source) fn pass(settings: &ServerSettings, outlet: &mut Outlet) -> Result<(), Ended> {
    let address = Address::of(&settings.url)?;
    let tls = connector(&address.trust)?;
    let select = Select::new(select(&settings.query))?;
    let (stop, stopped) = oneshot::channel();
    outlet.on_stop(move || {
        let _ = stop.send(());
    });
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|cause| DatabaseFault::Unreachable {
        server: address.server(),
        cause: Some(cause),
    })?;
    runtime.block_on(async {
        let mut tasks = JoinSet::new();
        let client = connect(&address, &tls, &mut tasks).await?;
        let cancel = client.cancel_token();
        let gone = outlet.gone();
        let reading = read(client, settings, &select, outlet);
        tokio::select! {
            read = reading => read,
            _ = stopped => {
                // The server may be at work without a row to send, and would not notice.
                let _ = tokio::time::timeout(CANCEL, cancel.cancel_query(tls)).await;
                Err(gone.into())
            }
        }
    })
}

/// The connection is at work among the tasks; its errors are also those of its client.
pub(super) async fn connect(
    address: &Address,
    tls: &MakeRustlsConnect,
    tasks: &mut JoinSet<Result<(), Error>>,
) -> Result<Client, DatabaseFault> {
    let connecting = address.config.connect(tls.clone());
    match tokio::time::timeout(address.connect_within(), connecting).await {
        Ok(Ok((client, connection))) => {
            tasks.spawn(connection);
            Ok(client)
        }
        Ok(Err(error)) => Err(not_connected(&error, address)),
        Err(_) => Err(DatabaseFault::Unreachable {
            server: address.server(),
            cause: Some(std::io::ErrorKind::TimedOut.into()),
        }),
    }
}

async fn read(
    client: Client,
    settings: &ServerSettings,
    select: &Select,
    outlet: &mut Outlet,
) -> Result<(), Ended> {
    let asked = Asked {
        client: &client,
        query: &settings.query,
        text: select.text(),
    };
    let encoding = encoding(&asked.ask(BEGIN).await?);
    let columns = describe(&asked, select).await?;
    let header: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let order = places(&header, &settings.order);
    outlet.header(header)?;
    let statement = select.rows(&columns, &order, encoding);
    let forms = columns.into_iter().map(|column| column.form).collect();
    let mut cells = Cells::new(forms);
    let broken = |error: &Error, outlet: &Outlet| {
        Ended::from(in_rows(error.as_db_error(), outlet.records()))
    };
    let copy = client.copy_out(&statement).await;
    let mut copy = pin!(copy.map_err(|error| broken(&error, outlet))?);
    let mut lines = Lines::default();
    while let Some(piece) = copy.next().await {
        let piece = piece.map_err(|error| broken(&error, outlet))?;
        lines.take(&piece, |line| give(line, &mut cells, outlet))?;
    }
    if !lines.is_whole() {
        return Err(in_rows(None, outlet.records()).into());
    }
    // Only who is told that the transaction has ended has read all of it.
    let ended = client.batch_execute("COMMIT").await;
    ended.map_err(|error| broken(&error, outlet))
}

/// What the rows are asked for in.
fn encoding(answer: &[SimpleQueryMessage]) -> &'static str {
    let of_server = cells(answer).into_iter().flatten().flatten().next();
    if of_server.as_deref() == Some(UNKNOWN_ENCODING) {
        UNKNOWN_ENCODING
    } else {
        "UTF8"
    }
}

fn give(line: &[u8], cells: &mut Cells, outlet: &mut Outlet) -> Result<(), Ended> {
    let is_row = outlet.row(|row| cells.fill(line, row))?;
    if is_row {
        return Ok(());
    }
    let code = "a row has not the cells of the query".to_owned();
    let rows = outlet.records();
    Err(DatabaseFault::Server { rows, code }.into())
}
