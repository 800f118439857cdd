package dev.lanekeeper.agent.app;

import java.util.Map;

/** A client library in the hands of an application. */
interface Caller {

  /**
   * Calls.
   *
   * @param headers that the application sets itself
   * @return {@code body | the URI that the application was shown | the version of HTTP}
   */
  String call(String url, boolean asynchronous, Map<String, String> headers) throws Exception;

  /** The cookies that the client keeps, by the host that it keeps them for. */
  String cookies();
}
