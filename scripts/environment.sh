# Sourced by the scripts beside it: finds Python, makes .venv and installs a lock into it, once per content of the lock.
# shellcheck shell=bash

need() { # what is missing, how to get it
  printf '%s is missing. Install it with:\n  %s\n' "$1" "$2" >&2
  exit 1
}

as_root() { # run as root where that is possible without asking
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo -n "$@"
  else
    return 127
  fi
}

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  need "Python 3.11 or later" "apt-get install python3 python3-venv"
}

make_venv() { # lock file
  local lock=$1 python stamp want
  if [ ! -x .venv/bin/python ]; then
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
      as_root apt-get install -y -q python3-venv </dev/null >/dev/null 2>&1 ||
        need "python3-venv" "apt-get install python3-venv"
    fi
    echo "Making .venv with $("$python" --version)"
    "$python" -m venv .venv
  fi
  stamp=.venv/$(echo "$lock" | tr / -).stamp
  want=$(cat "$lock" scripts/build.lock setup.cfg pyproject.toml | sha256sum | cut -d' ' -f1)
  if [ "$(cat "$stamp" 2>/dev/null)" != "$want" ]; then
    echo "Installing $lock (about a minute the first time)"
    PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip install -qq --no-input --compile --require-hashes -r scripts/build.lock -r "$lock"
    .venv/bin/python -m pip install -qq --no-input --no-index --no-deps --no-build-isolation --disable-pip-version-check --editable .
    .venv/bin/python -m compileall -q gi_registry >/dev/null || true
    echo "$want" >"$stamp"
  fi
}
