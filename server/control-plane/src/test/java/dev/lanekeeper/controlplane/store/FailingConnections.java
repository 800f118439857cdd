package dev.lanekeeper.controlplane.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Real connections to a store, which fail where they are told to. */
final class FailingConnections {

  /** What a commit does. */
  enum Commit {
    SUCCEEDS, FAILS_BEFORE_THE_DISK, FAILS_AFTER_THE_DISK
  }

  private volatile Commit commit = Commit.SUCCEEDS;
  private volatile boolean openable = true;

  void commit(Commit next) {
    commit = next;
  }

  void openable(boolean yes) {
    openable = yes;
  }

  DataSource around(Path file) {
    return around(SqliteStore.source(file));
  }

  DataSource around(DataSource real) {
    return proxy(DataSource.class, (method, arguments) -> {
      if (!openable) {
        throw new SQLException("unable to open database file");
      }
      return method.getName().equals("getConnection") ? around(real.getConnection()) : method.invoke(real, arguments);
    });
  }

  private Connection around(Connection real) {
    return proxy(Connection.class, (method, arguments) -> {
      boolean commits = method.getName().equals("commit");
      if (commits && commit == Commit.FAILS_BEFORE_THE_DISK) {
        throw new SQLException("disk I/O error");
      }
      Object result = method.invoke(real, arguments);
      if (commits && commit == Commit.FAILS_AFTER_THE_DISK) {
        throw new SQLException("disk I/O error");
      }
      return result;
    });
  }

  @FunctionalInterface
  private interface Call {
    @org.jspecify.annotations.Nullable
    Object of(Method method, Object[] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Call call) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[]{type}, (self, method, arguments) -> {
      try {
        return call.of(method, arguments);
      } catch (InvocationTargetException e) {
        throw e.getTargetException();
      }
    }));
  }
}
