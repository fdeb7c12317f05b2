//! Runs one query, writes its rows, and stops both when it is interrupted.
//!
//! The query runs in a task of its own: a step of it may compute for long, and the prompt must come back at once.

use std::io::Write;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::StreamExt;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinSet;

use super::engine::{Engine, Failure};
use crate::output::{Format, Options, Summary, WriteError, write_answer};

/// By which a running query is told to stop.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt(Arc<Notify>);

impl Interrupt {
    /// Stops what is running now. It does nothing to what is started later.
    pub(crate) fn raise(&self) {
        self.0.notify_waiters();
    }
}

/// How a query ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All rows were written, or the reader left.
    Done(Summary),
    /// It was interrupted; some rows may have been written.
    Cancelled,
}

/// So many batches may wait to be written.
const BATCHES_AHEAD: usize = 2;

/// Runs `sql` and writes its rows to `out`.
///
/// # Errors
/// The session's failure, or that the output could not be written.
pub(crate) async fn run_query(
    engine: &Arc<dyn Engine>,
    sql: &str,
    format: Format,
    options: Options,
    interrupt: &Interrupt,
    out: &mut (dyn Write + Send),
) -> Result<Outcome, Failure> {
    let mut stop: Stop = Box::pin(interrupt.0.clone().notified_owned());
    let (answer_sender, answer) = oneshot::channel();
    let (batch_sender, batches) = mpsc::channel(BATCHES_AHEAD);
    // Dropped, the set stops its tasks.
    let mut tasks = JoinSet::new();
    tasks.spawn(produce(engine.clone(), sql.to_owned(), answer_sender, batch_sender));

    let schema = tokio::select! {
        biased;
        () = &mut stop => return Ok(Outcome::Cancelled),
        answer = answer => match answer {
            Ok(schema) => schema?,
            Err(_) => return Err(panicked(&mut tasks).await),
        },
    };
    let cancelled = Arc::new(AtomicBool::new(false));
    let stream = received(schema.clone(), Received { batches, tasks, stop, cancelled: cancelled.clone() });
    match write_answer(&schema, stream, format, options, out).await {
        Ok(summary) => Ok(Outcome::Done(summary)),
        Err(_) if cancelled.load(Ordering::Relaxed) => Ok(Outcome::Cancelled),
        Err(WriteError::Query(error)) => Err(engine.failure(sql, error)),
        Err(other) => Err(Failure(format!("error: {other}"))),
    }
}

type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The task: starts the query and hands on its batches, as long as somebody takes them.
async fn produce(
    engine: Arc<dyn Engine>,
    sql: String,
    answer_sender: oneshot::Sender<Result<SchemaRef, Failure>>,
    batch_sender: mpsc::Sender<Result<RecordBatch, DataFusionError>>,
) {
    let mut stream = match engine.run(&sql).await {
        Ok(answer) => {
            if answer_sender.send(Ok(answer.schema)).is_err() {
                return;
            }
            answer.stream
        }
        Err(failure) => {
            // Nobody waits any more if it was interrupted.
            let _ = answer_sender.send(Err(failure));
            return;
        }
    };
    while let Some(batch) = stream.next().await {
        if batch_sender.send(batch).await.is_err() {
            return;
        }
    }
}

struct Received {
    batches: mpsc::Receiver<Result<RecordBatch, DataFusionError>>,
    tasks: JoinSet<()>,
    stop: Stop,
    cancelled: Arc<AtomicBool>,
}

/// The batches that the task hands on. It ends with an error when it is interrupted, so that no output passes for
/// complete.
fn received(schema: SchemaRef, state: Received) -> SendableRecordBatchStream {
    let batches = futures::stream::unfold(state, |mut state| async move {
        if state.cancelled.load(Ordering::Relaxed) {
            return None;
        }
        tokio::select! {
            biased;
            () = &mut state.stop => {
                state.cancelled.store(true, Ordering::Relaxed);
                Some((Err(DataFusionError::Execution("interrupted".into())), state))
            }
            batch = state.batches.recv() => match batch {
                Some(batch) => Some((batch, state)),
                // A task that panicked must not look like the end of the rows.
                None => match state.tasks.join_next().await {
                    Some(Err(error)) => Some((Err(DataFusionError::Execution(error.to_string())), state)),
                    _ => None,
                },
            },
        }
    });
    Box::pin(RecordBatchStreamAdapter::new(schema, batches))
}

async fn panicked(tasks: &mut JoinSet<()>) -> Failure {
    match tasks.join_next().await {
        Some(Err(error)) => Failure(format!("error: the query stopped by a fault of the program: {error}")),
        _ => Failure("error: the query stopped without an answer".to_owned()),
    }
}
