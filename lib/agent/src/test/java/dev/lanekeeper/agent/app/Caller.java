package dev.lanekeeper.agent.app;

/** A client library in the hands of an application. */
interface Caller {

  /**
   * Calls.
   *
   * @return {@code body | the URI that the application was shown | the version of HTTP}
   */
  String call(String url, boolean asynchronous) throws Exception;

  /** The cookies that the client keeps, by the host that it keeps them for. */
  String cookies();
}
