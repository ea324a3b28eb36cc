//! Traces for a collector, by OTLP over HTTP. What is traced are spans of this program at level `debug`: a push, a
//! group that is committed, a job, a call to the platform; never an openid, a text or a secret.
//!
//! Without an endpoint none of this is set up, and such a span costs one comparison. With one, spans wait in a
//! bounded queue for a thread of their own; when the collector is slow or away they are dropped, and nothing else
//! waits for it. Sampling, headers and the queue follow the variables that OpenTelemetry's own documentation names
//! (`OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_BSP_…`).

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::registry::LookupSpan;

const SEND_LIMIT: Duration = Duration::from_secs(5);
/// At the end of the process, what is still in the queue gets this long.
const FINISH_LIMIT: Duration = Duration::from_secs(3);
const SERVICE: &str = "hopetree";

/// The way of spans to a collector. What waits is sent when this is dropped.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Begins to export to a collector, such as `http://127.0.0.1:4318`.
    ///
    /// # Errors
    /// When no address can be made of the endpoint.
    pub fn to(endpoint: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(SEND_LIMIT)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(SERVICE)
            .build()?;
        let collector = Collector { http, runtime: Handle::current(), is_failing: Arc::default() };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(collector)
            .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
            .build()
            .map_err(|error| {
                anyhow::anyhow!(
                    "HOPETREE_OTLP_ENDPOINT must be an address such as http://127.0.0.1:4318: {error}"
                )
            })?;
        let version = opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder().with_attribute(version);
        // The name that an operator gives in OTEL_SERVICE_NAME stands above ours.
        let named = Resource::builder().build();
        let is_named = named
            .get(&"service.name".into())
            .is_some_and(|name| !name.as_str().starts_with("unknown_service"));
        let resource = if is_named { resource } else { resource.with_service_name(SERVICE) };
        Ok(Self(
            SdkTracerProvider::builder()
                .with_batch_exporter(exporter)
                .with_resource(resource.build())
                .build(),
        ))
    }

    /// The layer that takes this program's own spans, and nothing of the libraries, which might hold addresses.
    pub(super) fn layer<S>(&self) -> impl Layer<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let is_ours = filter_fn(|metadata| metadata.is_span() && metadata.target().starts_with("hopetree"));
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer(SERVICE))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false)
            .with_filter(is_ours.with_max_level_hint(LevelFilter::DEBUG))
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown_with_timeout(FINISH_LIMIT) {
            tracing::debug!(%error, "the last traces did not reach the collector");
        }
    }
}

/// Sends from the exporter's thread through the runtime, where the HTTP client lives.
struct Collector {
    http: reqwest::Client,
    runtime: Handle,
    is_failing: Arc<AtomicBool>,
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Collector")
    }
}

#[async_trait::async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let request = reqwest::Request::try_from(request)?;
        let http = self.http.clone();
        let sent = self.runtime.spawn(async move { http.execute(request).await }).await?;
        // The endpoint may hold a password.
        let result = sent.and_then(reqwest::Response::error_for_status).map_err(reqwest::Error::without_url);
        let was_failing = self.is_failing.swap(result.is_err(), Ordering::Relaxed);
        match &result {
            Err(error) if !was_failing => {
                tracing::warn!(%error, "traces do not reach the collector and are dropped");
            }
            Ok(_) if was_failing => tracing::info!("traces reach the collector again"),
            Ok(_) | Err(_) => (),
        }
        // What a collector says of single spans that it refused is not of use here.
        Ok(Response::builder().status(result?.status()).body(Bytes::new())?)
    }
}
