//! Runs one query, writes its rows, and stops both when it is interrupted.
//!
//! The query runs on threads of its own. A step of it may compute for minutes without looking up, as a join without an
//! equality does, and a task cannot be stopped within a step. The prompt must come back at once nevertheless, and the
//! next query must find threads that are free; those of the old one end with the step that they are in.

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
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;

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

/// What a query is run with, beside its text.
pub(crate) struct Running<'a> {
    /// The session.
    pub(crate) engine: &'a Arc<dyn Engine>,
    /// The form of the result.
    pub(crate) format: Format,
    /// How it is shown.
    pub(crate) options: Options,
    /// By which it can be stopped.
    pub(crate) interrupt: &'a Interrupt,
    /// The threads that it may use, None for one on each processor.
    pub(crate) threads: Option<usize>,
}

/// So many batches may wait to be written.
const BATCHES_AHEAD: usize = 2;

/// Runs `sql` and writes its rows to `out`.
///
/// # Errors
/// The session's failure, or that the output could not be written.
pub(crate) async fn run_query(
    sql: &str,
    running: Running<'_>,
    out: &mut (dyn Write + Send),
) -> Result<Outcome, Failure> {
    let Running { engine, format, options, interrupt, threads } = running;
    let mut stop: Stop = Box::pin(interrupt.0.clone().notified_owned());
    let (answer_sender, answer) = oneshot::channel();
    let (batch_sender, batches) = mpsc::channel(BATCHES_AHEAD);
    let threads = QueryThreads::start(threads)?;
    let mut task = threads.spawn(produce(engine.clone(), sql.to_owned(), answer_sender, batch_sender));

    let schema = tokio::select! {
        biased;
        () = &mut stop => return Ok(Outcome::Cancelled),
        answer = answer => match answer {
            Ok(schema) => schema?,
            Err(_) => return Err(panicked(&mut task).await),
        },
    };
    let cancelled = Arc::new(AtomicBool::new(false));
    let stream =
        received(schema.clone(), Received { batches, task, stop, cancelled: cancelled.clone(), is_over: false });
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
    task: JoinHandle<()>,
    stop: Stop,
    /// Shared with the caller, who must tell this end from others.
    cancelled: Arc<AtomicBool>,
    /// Nothing may be asked for any more.
    is_over: bool,
}

/// The batches that the task hands on. It ends with an error when it is interrupted, so that no output passes for
/// complete.
fn received(schema: SchemaRef, state: Received) -> SendableRecordBatchStream {
    let batches = futures::stream::unfold(state, |mut state| async move {
        if state.is_over {
            return None;
        }
        tokio::select! {
            biased;
            () = &mut state.stop => {
                state.cancelled.store(true, Ordering::Relaxed);
                state.is_over = true;
                Some((Err(DataFusionError::Execution("interrupted".into())), state))
            }
            batch = state.batches.recv() => match batch {
                Some(batch) => Some((batch, state)),
                // A task that panicked must not look like the end of the rows.
                None => match (&mut state.task).await {
                    Ok(()) => None,
                    Err(error) => {
                        state.is_over = true;
                        Some((Err(DataFusionError::Execution(error.to_string())), state))
                    }
                },
            },
        }
    });
    Box::pin(RecordBatchStreamAdapter::new(schema, batches))
}

async fn panicked(task: &mut JoinHandle<()>) -> Failure {
    match task.await {
        Err(error) => Failure(format!("error: the query stopped by a fault of the program: {error}")),
        Ok(()) => Failure("error: the query stopped without an answer".to_owned()),
    }
}

/// The threads of one query.
struct QueryThreads(Option<Runtime>);

impl QueryThreads {
    fn start(threads: Option<usize>) -> Result<Self, Failure> {
        let mut builder = Builder::new_multi_thread();
        builder.thread_name("query").enable_all();
        if let Some(threads) = threads {
            builder.worker_threads(threads.max(1));
        }
        let runtime =
            builder.build().map_err(|error| Failure(format!("error: no thread could be started: {error}")))?;
        Ok(QueryThreads(Some(runtime)))
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        match &self.0 {
            Some(runtime) => runtime.spawn(task),
            // Only `drop` takes the runtime away.
            None => tokio::spawn(task),
        }
    }
}

impl Drop for QueryThreads {
    fn drop(&mut self) {
        // Not awaited: a thread may be in the middle of a long step.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
