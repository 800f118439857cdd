package dev.lanekeeper.api;

/**
 * Why the control plane did not do what it was asked. The codes are stable; {@code docs/reference/problems.md} lists them.
 */
public enum ProblemCode {
  /** The request cannot be read: its JSON, a parameter, a path. */
  MALFORMED_REQUEST("malformed-request", 400, "The request cannot be read"),
  /** A command line, or a file that it names, cannot be used (said by the command). */
  USAGE("usage", 400, "The command line cannot be used"),
  /** A tenancy in a path or parameter does not have its form. */
  TENANCY_MALFORMED("tenancy-malformed", 400, "Malformed tenancy"),
  /** A bearer token is missing or wrong. */
  TOKEN_REQUIRED("token-required", 401, "A token is required"),
  /** The Host header names no host of this control plane. */
  HOST_NOT_ALLOWED("host-not-allowed", 403, "Host not allowed"),
  /** A page of another site asked, through somebody's browser. */
  CROSS_SITE("cross-site", 403, "Requests from other sites are refused"),
  /** Nothing is at this path, or under this name. */
  NOT_FOUND("not-found", 404, "Not found"),
  /** The tenancy is not registered. */
  TENANT_UNKNOWN("tenant-unknown", 404, "Tenant unknown"),
  /** The tenancy has no workload override for the service. */
  OVERRIDE_UNKNOWN("override-unknown", 404, "Override unknown"),
  /** The path exists, but not with this method. */
  METHOD_NOT_ALLOWED("method-not-allowed", 405, "Method not allowed"),
  /** Instances of another workload are announced for the override. */
  WORKLOAD_CONFLICT("workload-conflict", 409, "Another workload is announced"),
  /** A member of the baseline's group is not a reporting data plane. */
  BASELINE_NOT_REPORTING("baseline-not-reporting", 409, "A consumer of the baseline does not report"),
  /** A service consumes on bootstrap servers of which no Cluster document tells. */
  CLUSTER_UNKNOWN("cluster-unknown", 409, "Cluster unknown"),
  /** A tenant overrides the service that was to be deleted. */
  SERVICE_IN_USE("service-in-use", 409, "Service in use"),
  /** An override has, or may have, a consumer group on the cluster that was to be deleted. */
  CLUSTER_IN_USE("cluster-in-use", 409, "Cluster in use"),
  /** A record in quarantine is one that the control plane itself decides about. */
  RECORD_IN_DOUBT("record-in-doubt", 409, "The record is in doubt"),
  /** A record in quarantine was released or discarded before. */
  RECORD_DISPOSED("record-disposed", 409, "The record was disposed of"),
  /** Nobody would read what is to be released to this receiver. */
  RECEIVER_UNFIT("receiver-unfit", 409, "The receiver cannot have the record"),
  /** A group of the service bears a name that is Lanekeeper's. */
  GROUP_UNFIT("group-unfit", 409, "The group's name is Lanekeeper's"),
  /** What a workload under test leaves was to be redelivered to a baseline that does not read what is handed over. */
  RESIDUE_UNFIT("residue-unfit", 409, "The baseline cannot have what is left"),
  /** What the operation was planned with changed while it ran. */
  CHANGED_MEANWHILE("changed-meanwhile", 409, "Changed meanwhile"),
  /** What was being applied was deleted, or applied again by somebody else, before this one was published. */
  OPERATION_CANCELLED("operation-cancelled", 409, "Operation cancelled"),
  /** A reference in a Cluster document leads nowhere. */
  SECRET_MISSING("secret-missing", 409, "Secret missing"),
  /** The override that the instance belongs to has ended. */
  OVERRIDE_ENDED("override-ended", 410, "Override ended"),
  /** A record in quarantine, or what it refers to, is not there any more. */
  RECORD_GONE("record-gone", 410, "The record is gone"),
  /** The body is larger than the control plane reads. */
  BODY_TOO_LARGE("body-too-large", 413, "Body too large"),
  /** The content type is neither YAML nor JSON. */
  CONTENT_TYPE_UNSUPPORTED("content-type-unsupported", 415, "Content type unsupported"),
  /** A document is not valid. */
  DOCUMENT_INVALID("document-invalid", 422, "Document invalid"),
  /** A tenant overrides a service that is not in the inventory. */
  SERVICE_UNKNOWN("service-unknown", 422, "Service unknown"),
  /** Two services name the same host. */
  HOST_TAKEN("host-taken", 422, "Host taken"),
  /** A redirect leads outside the allow-list of the environment. */
  REDIRECT_NOT_ALLOWED("redirect-not-allowed", 422, "Redirect not allowed"),
  /** A tenant has stubs, and the Environment document names no gateway that serves them. */
  MOCKS_UNAVAILABLE("mocks-unavailable", 422, "Mocks unavailable"),
  /** A redirect or mock cannot take the place of a service that consumes messages. */
  OVERRIDE_CANNOT_CONSUME("override-cannot-consume", 422, "The override cannot consume"),
  /** The control plane failed. */
  INTERNAL("internal", 500, "Internal error"),
  /** A command failed by itself, not by an answer of the control plane (said by the command). */
  COMMAND_FAILED("command-failed", 500, "The command failed"),
  /** The Kafka cluster refused what was asked of it. */
  KAFKA_REFUSED("kafka-refused", 502, "Kafka refused"),
  /** The control plane cannot read or write its store. */
  STORE_FAILED("store-failed", 503, "The store failed"),
  /** The Kafka cluster did not answer in time. */
  KAFKA_UNREACHABLE("kafka-unreachable", 503, "Kafka unreachable"),
  /** The control plane did not answer (said by its client). */
  CONTROL_PLANE_UNREACHABLE("control-plane-unreachable", 503, "Control plane unreachable"),
  /** A tenant was not ready within the time that its asker had. */
  TENANT_NOT_READY("tenant-not-ready", 504, "Tenant not ready");

  private static final String TYPE = "https://lanekeeper.dev/problems/";

  private final String code;
  private final int status;
  private final String title;

  ProblemCode(String code, int status, String title) {
    this.code = code;
    this.status = status;
    this.title = title;
  }

  /** The stable name. */
  public String code() {
    return code;
  }

  /** The HTTP status it comes with. */
  public int status() {
    return status;
  }

  /** One phrase for people. */
  public String title() {
    return title;
  }

  /** A problem of this kind about no field in particular. */
  public Problem problem(String detail, String next) {
    return new Problem(TYPE + code, title, status, code, detail, null, next);
  }

  /** A problem of this kind about a field. */
  public Problem problem(String field, String detail, String next) {
    return new Problem(TYPE + code, title, status, code, detail, field, next);
  }

  /** An exception of this kind about no field in particular. */
  public ProblemException exception(String detail, String next) {
    return new ProblemException(problem(detail, next));
  }

  /** An exception of this kind about a field. */
  public ProblemException exception(String field, String detail, String next) {
    return new ProblemException(problem(field, detail, next));
  }
}
