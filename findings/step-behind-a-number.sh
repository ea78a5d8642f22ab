#!/usr/bin/env bash
# `5/15 * * * *` in a crontab means something else to almost everyone who reads it.
#
# Seen on Debian 12: cron 3.0pl1-162 refuses the line ("bad minute"); systemd-cron 1.15.19-5 drops the step without a word
# and fires at minute 5 alone; croniter 6.0.0, cronsim 2.6, APScheduler 3.11.3 and crontab 1.0.5 fire at 5, 20, 35 and 50;
# pycron 3.2.0 accepts it and never fires. `5-59/15` is read alike by all of them.
#
# Run by hand, as root on Debian 12 (the two crons look into folders of the system, which are covered by empty ones of a
# mount namespace). Installs nothing: packages are unpacked in a temporary folder. Exit status 0 where all is as above.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .

apt-get update -qq
apt-get download -qq cron=3.0pl1-162 systemd-cron=1.15.19-5 2>/dev/null
dpkg -x cron_*.deb cron
dpkg -x systemd-cron_*.deb systemd-cron
python3 -m venv python
python/bin/pip -q install croniter==6.0.0 cronsim==2.6 APScheduler==3.11.3 crontab==1.0.5 pycron==3.2.0 tzdata==2026.6

cat >libraries.py <<'PYTHON'
import sys
from datetime import datetime, timedelta, timezone

START = datetime(2027, 1, 1, tzinfo=timezone.utc)
NAIVE = START.replace(tzinfo=None)


def minutes(times):
    """The minutes of the first hour at which it fires."""
    return [time.minute for time in times if time < NAIVE + timedelta(hours=1)]


def croniter(text):
    import croniter
    times = croniter.croniter(text, NAIVE)
    return minutes([times.get_next(datetime) for _ in range(60)])


def cronsim(text):
    import cronsim
    times = cronsim.CronSim(text, NAIVE)
    return minutes([next(times) for _ in range(60)])


def apscheduler(text):
    from apscheduler.triggers.cron import CronTrigger
    trigger, times, now, last = CronTrigger.from_crontab(text, timezone="UTC"), [], START, None
    for _ in range(60):
        last = trigger.get_next_fire_time(last, now)
        times.append(last.replace(tzinfo=None))
        now = last + timedelta(seconds=1)
    return minutes(times)


def crontab(text):
    import crontab
    entry, times, now = crontab.CronTab(text), [], NAIVE
    for _ in range(60):
        now += timedelta(seconds=entry.next(now, default_utc=True))
        times.append(now)
    return minutes(times)


def pycron(text):
    import pycron
    return [minute for minute in range(60) if pycron.is_now(text, NAIVE + timedelta(minutes=minute))]


for name in ["croniter", "cronsim", "apscheduler", "crontab", "pycron"]:
    print(name, *globals()[name](sys.argv[1]))
PYTHON

cat >inside.sh <<'BASH'
set -eu
mount -t tmpfs none /var/spool
mkdir -p /var/spool/cron/crontabs /etc/cron.d
mount -t tmpfs none /etc/cron.d
printf '%s true\n' "$1" >table
if cron/usr/bin/crontab -n table 2>&1 | grep -q 'bad minute'; then echo 'cron refuses it'; else echo 'cron takes it'; fi
printf '%s root true\n' "$1" >/etc/cron.d/table
mkdir out
python3 systemd-cron/lib/systemd/system-generators/systemd-crontab-generator out
echo "systemd-cron $(grep -rhoE '^OnCalendar=.*' out)"
rm -rf out
BASH

seen=$(unshare -m bash inside.sh '5/15 * * * *' && python/bin/python libraries.py '5/15 * * * *')
printf '%s\n' "$seen"
[ "$seen" = 'cron refuses it
systemd-cron OnCalendar=*-*-* *:5:00
croniter 5 20 35 50
cronsim 5 20 35 50
apscheduler 5 20 35 50
crontab 5 20 35 50
pycron' ]
echo
seen=$(unshare -m bash inside.sh '5-59/15 * * * *' && python/bin/python libraries.py '5-59/15 * * * *')
printf '%s\n' "$seen"
[ "$seen" = 'cron takes it
systemd-cron OnCalendar=*-*-* *:5,20,35,50:00
croniter 5 20 35 50
cronsim 5 20 35 50
apscheduler 5 20 35 50
crontab 5 20 35 50
pycron 5 20 35 50' ]
