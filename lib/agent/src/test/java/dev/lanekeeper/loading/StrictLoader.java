package dev.lanekeeper.loading;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Has classes of its own and those of the JDK, and asks nobody for any other: as in OSGi and JBoss Modules. */
public final class StrictLoader extends URLClassLoader {

  /** Over the class path of the application. */
  public StrictLoader() throws MalformedURLException {
    super(classPath(), null);
  }

  private static URL[] classPath() throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!isLanekeepers(Path.of(entry))) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    return urls.toArray(URL[]::new);
  }

  /** An application does not bring them: the class path is that of the tests. */
  private static boolean isLanekeepers(Path entry) {
    return entry.endsWith("classes") || entry.getFileName().toString().startsWith("lanekeeper-");
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      if (name.startsWith("java.") || name.startsWith("javax.") || name.startsWith("sun.") || name.startsWith("jdk.")) {
        return ClassLoader.getPlatformClassLoader().loadClass(name);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : findClass(name);
    }
  }
}
