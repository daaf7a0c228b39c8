#!/bin/bash
# Become the first process of a machine of its own, that has this machine's files and may change none of them.
#   boot.sh ROOM PYTHON PACKAGES
# ROOM is a folder that both see (there as /srv/room); PYTHON an interpreter's folder (there as /opt/python), PACKAGES what
# was installed for it (there as /opt/dependencies, all but aibwatch). To be run in new namespaces for mounts, processes,
# cgroups, names and IPC; the network is shared. What is mounted here goes with the last process.
set -euo pipefail
room=$1 python=$2 packages=$3
mount --make-rprivate /
# A tmpfs over what is needed here no more: changes to files must lie on a file system of their own.
store=/mnt
mount -t tmpfs tmpfs $store
mkdir $store/changes $store/work $store/root
mount -t overlay overlay -o lowerdir=/,upperdir=$store/changes,workdir=$store/work $store/root
root=$store/root

mkdir -p $root/srv/room $root/opt/python $root/opt/packages $root/opt/dependencies
mount --bind "$room" $root/srv/room
mount --bind "$python" $root/opt/python
mount --bind "$packages" $root/opt/packages
for package in "$packages"/*; do
    case ${package##*/} in
    *aibwatch* | *.pth) ;;
    *) ln -s "/opt/packages/${package##*/}" $root/opt/dependencies/ ;;
    esac
done
mount -t proc proc $root/proc
# Nothing that systemd starts may set up this machine's devices or its kernel.
mount --bind $root/proc/sys $root/proc/sys
mount -o remount,bind,ro $root/proc/sys
mount -t sysfs sysfs $root/sys
mount -o remount,bind,ro $root/sys
mount -t cgroup2 cgroup2 $root/sys/fs/cgroup
mount --rbind /dev $root/dev
mount -t tmpfs tmpfs $root/run
mount -t tmpfs tmpfs $root/tmp

cp -a "$room"/files/. $root/
# These would: load modules, make devices, mount what the kernel shares.
for unit in systemd-modules-load.service modprobe@.service systemd-tmpfiles-setup-dev.service systemd-remount-fs.service \
    sys-kernel-debug.mount sys-kernel-tracing.mount sys-fs-fuse-connections.mount systemd-random-seed.service; do
    ln -sf /dev/null $root/etc/systemd/system/$unit
done
chroot $root ldconfig # the interpreter may look for its library where the service sees nothing
hostname machine
cd $root
mkdir -p .outside
pivot_root . .outside # in a mere chroot PrivateUsers= fails
umount -l /.outside
mount --make-rshared / # or credentials are empty
exec env -i container=machine PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb \
    /lib/systemd/systemd --unit=sysinit.target --show-status=0 --log-target=journal
