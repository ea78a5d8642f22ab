#!/usr/bin/env bash
# `0 12 13 * fri` in a crontab: the 13th and every Friday, or Friday the 13th alone? crontab(5) says the first. Not all that
# read crontabs do so.
#
# Seen: croniter 6.0.0, cronsim 2.6 and pycron 3.2.0 take the days that meet either; systemd-cron 1.15.19-5 (Debian 12),
# APScheduler 3.11.3 and crontab 1.0.5 those that meet both. A job that is moved from one to the other fires some 60 times a
# year instead of once or twice, or the other way round, without a word.
#
# Run by hand, as root on Debian 12 (systemd-cron looks into /etc/cron.d, which is covered by an empty folder of a mount
# namespace). Installs nothing: packages are unpacked in a temporary folder. Exit status 0 where all is as above.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

apt-get update -qq
apt-get download -qq systemd-cron=1.15.19-5 2>/dev/null
dpkg -x systemd-cron_*.deb systemd-cron
python3 -m venv python
python/bin/pip -q install croniter==6.0.0 cronsim==2.6 APScheduler==3.11.3 crontab==1.0.5 pycron==3.2.0 tzdata==2026.6

cat >libraries.py <<'PYTHON'
from datetime import datetime, timedelta, timezone

TEXT = "0 12 13 * fri"
START = datetime(2027, 1, 1, tzinfo=timezone.utc)
NAIVE = START.replace(tzinfo=None)


def croniter():
    import croniter
    times = croniter.croniter(TEXT, NAIVE)
    return [times.get_next(datetime) for _ in range(100)]


def cronsim():
    import cronsim
    times = cronsim.CronSim(TEXT, NAIVE)
    return [next(times) for _ in range(100)]


def apscheduler():
    from apscheduler.triggers.cron import CronTrigger
    trigger, times, now, last = CronTrigger.from_crontab(TEXT, timezone="UTC"), [], START, None
    for _ in range(100):
        last = trigger.get_next_fire_time(last, now)
        times.append(last.replace(tzinfo=None))
        now = last + timedelta(seconds=1)
    return times


def crontab():
    import crontab
    entry, times, now = crontab.CronTab(TEXT), [], NAIVE
    for _ in range(20):
        now += timedelta(seconds=entry.next(now, default_utc=True))
        times.append(now)
    return times


def pycron():
    import pycron
    noons = (NAIVE + timedelta(days=day, hours=12) for day in range(365))
    return [noon for noon in noons if pycron.is_now(TEXT, noon)]


for name in ["croniter", "cronsim", "pycron", "apscheduler", "crontab"]:
    count = sum(time.year == 2027 for time in globals()[name]())
    print(name, count, "times in 2027")
PYTHON

cat >inside.sh <<'BASH'
set -eu
mkdir -p /etc/cron.d
mount -t tmpfs none /etc/cron.d
echo '0 12 13 * fri root true' >/etc/cron.d/table
mkdir out
python3 systemd-cron/lib/systemd/system-generators/systemd-crontab-generator out
echo "systemd-cron $(grep -rhoE '^OnCalendar=.*' out)"
BASH

seen=$(python/bin/python libraries.py && unshare -m bash inside.sh)
printf '%s\n' "$seen"
[ "$seen" = 'croniter 64 times in 2027
cronsim 64 times in 2027
pycron 64 times in 2027
apscheduler 1 times in 2027
crontab 1 times in 2027
systemd-cron OnCalendar=Fri *-*-13 12:0:00' ]
