#!/usr/bin/env bash
# Functions for other scripts to source; running this file by itself does nothing.
#
#   require_swift                       a Swift toolchain of at least 6.2 is on PATH
#   require_system_packages PACKAGE...  the named packages (Debian's names) are there; also calls require_swift
#
# On Debian and its relatives, missing packages are installed. Elsewhere nothing is installed: the script says
# what is missing and stops. Everything is said on standard error. Written for bash 3.2 and later.

_packages_say() {
    printf 'packages: %s\n' "$*" >&2
}

require_swift() {
    local wanted_major=6 wanted_minor=2 text
    local pattern='Swift version ([0-9]+)\.([0-9]+)'
    if ! command -v swift >/dev/null 2>&1; then
        _packages_say "swift is not on PATH; install Swift $wanted_major.$wanted_minor or later"
        return 1
    fi
    text=$(swift --version 2>/dev/null </dev/null) || text=
    if ! [[ $text =~ $pattern ]]; then
        _packages_say "'swift --version' does not answer with a version; Swift $wanted_major.$wanted_minor or later is needed"
        return 1
    fi
    local major=${BASH_REMATCH[1]} minor=${BASH_REMATCH[2]}
    if ((major < wanted_major || (major == wanted_major && minor < wanted_minor))); then
        _packages_say "Swift $major.$minor is too old; Swift $wanted_major.$wanted_minor or later is needed"
        return 1
    fi
}

require_system_packages() {
    require_swift || return 1
    if command -v dpkg-query >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; then
        _packages_require_debian "$@"
    elif [ "$(uname -s)" = Darwin ]; then
        _packages_require_darwin "$@"
    else
        _packages_require_elsewhere "$@"
    fi
}

# Debian and its relatives -------------------------------------------------------------------------------------

# Prints those of the given packages that are not installed, one a line.
_packages_missing_debian() {
    local package status
    for package in "$@"; do
        status=$(dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null) || status=
        # One line for each architecture that is known.
        grep -qx installed <<<"$status" || printf '%s\n' "$package"
    done
}

_packages_require_debian() {
    local missing
    missing=$(_packages_missing_debian "$@" | tr '\n' ' ')
    missing=${missing% }
    [ -n "$missing" ] || return 0

    local -a as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
            as_root=(sudo -n)
        elif command -v sudo >/dev/null 2>&1 && [ -t 0 ]; then
            as_root=(sudo)
        else
            _packages_say "missing: $missing; as root, run: apt-get install $missing"
            return 1
        fi
    fi
    _packages_say "missing: $missing; installing with apt-get"
    # `env` is always there, so that the array is never empty (bash before 4.4 objects to that).
    as_root=(${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive)
    if ! "${as_root[@]}" apt-get update -qq >&2; then
        _packages_say "apt-get update failed; trying with the package lists at hand"
    fi
    # shellcheck disable=SC2086 # package names hold no blanks; one word each is meant
    if ! "${as_root[@]}" apt-get install -y -qq --no-install-recommends -o Acquire::Retries=3 $missing >&2; then
        _packages_say "apt-get could not install: $missing"
        return 1
    fi
    # shellcheck disable=SC2086
    missing=$(_packages_missing_debian $missing | tr '\n' ' ')
    [ -z "$missing" ] || {
        _packages_say "still missing after apt-get: $missing"
        return 1
    }
}

# Other systems ------------------------------------------------------------------------------------------------

# Is the thing that a Debian package would bring there? 0 yes, 1 no, 2 no check is known for that package.
_packages_thing_is_present() {
    case $1 in
    libsqlite3-dev) _packages_header_is_present sqlite3.h ;;
    tzdata) [ -e "${TZDIR:-/usr/share/zoneinfo}/Europe/Berlin" ] ;;
    qt6-base-dev) pkg-config --exists Qt6Widgets 2>/dev/null ;;
    libpq-dev) pkg-config --exists libpq 2>/dev/null ;;
    libmariadb-dev) pkg-config --exists libmariadb 2>/dev/null ;;
    mariadb-server) command -v mariadbd >/dev/null 2>&1 || [ -x /usr/sbin/mariadbd ] ;;
    postgresql) [ -x "$(pg_config --bindir 2>/dev/null)/initdb" ] ;;
    python3 | openssl | pkg-config | pgbouncer) command -v "$1" >/dev/null 2>&1 ;;
    *) return 2 ;;
    esac
}

_packages_header_is_present() {
    local compiler
    for compiler in clang cc; do
        if command -v "$compiler" >/dev/null 2>&1 &&
            printf '#include <%s>\n' "$1" | "$compiler" -fsyntax-only -x c - 2>/dev/null; then
            return 0
        fi
    done
    [ -e "/usr/include/$1" ] || [ -e "/usr/local/include/$1" ]
}

# The Homebrew formula that brings the same thing; nothing where the system itself is expected to bring it.
_packages_formula() {
    case $1 in
    libsqlite3-dev) echo sqlite ;;
    python3) echo python ;;
    qt6-base-dev) echo qt ;;
    libpq-dev) echo libpq ;;
    libmariadb-dev) echo mariadb-connector-c ;;
    mariadb-server) echo mariadb ;;
    postgresql) echo postgresql ;;
    pkg-config) echo pkgconf ;;
    openssl) echo openssl ;;
    pgbouncer) echo pgbouncer ;;
    esac
}

# Prints those of the given packages whose thing is not there, one a line; fails on a package without a check.
_packages_missing_by_thing() {
    local package status
    for package in "$@"; do
        status=0
        _packages_thing_is_present "$package" || status=$?
        case $status in
        0) ;;
        1) printf '%s\n' "$package" ;;
        *)
            _packages_say "system-packages.sh has no check for '$package' on this system; add one"
            return 1
            ;;
        esac
    done
}

_packages_require_darwin() {
    local missing package formula
    local formulas=''
    missing=$(_packages_missing_by_thing "$@") || return 1
    [ -n "$missing" ] || return 0
    for package in $missing; do
        formula=$(_packages_formula "$package")
        if [ -n "$formula" ]; then
            formulas="$formulas $formula"
        else
            _packages_say "missing: $package, which the system should bring (looked in ${TZDIR:-/usr/share/zoneinfo})"
        fi
    done
    [ -z "$formulas" ] || _packages_say "missing; run: brew install$formulas"
    return 1
}

_packages_require_elsewhere() {
    local missing
    _packages_say "this system's packages are not known; needed, by their Debian names: $*"
    missing=$(_packages_missing_by_thing "$@") || return 1
    [ -n "$missing" ] || return 0
    _packages_say "not found here: $(tr '\n' ' ' <<<"$missing")- install what brings them and try again"
    return 1
}
