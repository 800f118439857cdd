# Finds a JDK that is new enough for the compiler, the command and the benchmarks. To be sourced.
# shellcheck shell=bash
#   LANEKEEPER_JAVA  a JDK's directory (or its bin/java), before all others

readonly NEEDED=25

fail() {
  printf 'lanekeeper: %s\n' "$@" >&2
  exit 1
}

# The feature release of the JDK in directory $1 into $version; 0 if there is none. Reads a file, starts no JVM.
read_version() {
  version=0
  [[ -x $1/bin/java && -r $1/release ]] || return 0
  local line
  while read -r line; do
    if [[ $line =~ ^JAVA_VERSION=\"?([0-9]+) ]]; then
      version=${BASH_REMATCH[1]}
    fi
  done <"$1/release"
}

# Sets $java_home: the first JDK that is new enough, in the order of the candidates.
find_java() {
  local candidates=() candidate
  if [[ -n ${LANEKEEPER_JAVA:-} ]]; then
    java_home=${LANEKEEPER_JAVA%/bin/java}
    read_version "$java_home"
    ((version >= NEEDED)) || fail "LANEKEEPER_JAVA: $LANEKEEPER_JAVA (expected: the directory of a JDK $NEEDED or newer)"
    return
  fi
  [[ -n ${JAVA_HOME:-} ]] && candidates+=("$JAVA_HOME")
  if candidate=$(command -v java); then
    candidate=$(readlink -f "$candidate")
    candidates+=("${candidate%/bin/java}")
  fi
  candidates+=(/usr/lib/jvm/* "${SDKMAN_DIR:-$HOME/.sdkman}"/candidates/java/* "$HOME"/.jdks/* /opt/java/*)
  candidates+=(/Library/Java/JavaVirtualMachines/*/Contents/Home)
  for candidate in "${candidates[@]}"; do
    read_version "$candidate"
    if ((version >= NEEDED)); then
      java_home=$candidate
      return
    fi
  done
  if [[ -x /usr/libexec/java_home ]] && java_home=$(/usr/libexec/java_home -v "$NEEDED+" 2>/dev/null); then
    return
  fi
  fail "java: none of version $NEEDED or newer in JAVA_HOME, PATH, /usr/lib/jvm, ~/.sdkman or ~/.jdks" \
    "  install one (https://adoptium.net), or set LANEKEEPER_JAVA to its directory"
}
