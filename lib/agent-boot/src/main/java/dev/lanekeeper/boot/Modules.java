package dev.lanekeeper.boot;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Which of our modules found their library in this process. */
public final class Modules {

  private static final Map<String, String> FOUND = new ConcurrentHashMap<>();
  private static final Map<String, String> MISSED = new ConcurrentHashMap<>();

  private Modules() {}

  /** A module's advice is at work. Said the first time. */
  public static void matched(String module, String library) {
    if (FOUND.putIfAbsent(module, library) == null) {
      System.err.println("[lanekeeper] " + module + ": matched " + library);
    }
  }

  /** A module's advice fits the library that is there. Says nothing. */
  public static void found(String module, String library) {
    FOUND.put(module, library);
  }

  /** A library is there, and our advice does not fit it. Said the first time. */
  public static void missed(String module, String why) {
    if (MISSED.putIfAbsent(module, why) == null) {
      System.err.println("[lanekeeper] " + module + ": NOT MATCHED: " + why);
    }
  }

  /** The modules at work, each with its library. */
  public static Map<String, String> matched() {
    return new TreeMap<>(FOUND);
  }

  /** The modules that do not fit what is there, each with the reason. */
  public static Map<String, String> missed() {
    return new TreeMap<>(MISSED);
  }
}
