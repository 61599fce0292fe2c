"""Every key a service may have in a compose file, and what becomes of it here. docs/environments.md has this table."""

from __future__ import annotations

USED = {
    "image": "which server, and the version asked for",
    "ports": "the port of this machine, on 127.0.0.1 alone",
    "environment": "users, passwords, databases: see below for each image",
    "env_file": "as `environment`, which counts more",
    "command": "settings that the server here has too: see below for each image",
    "tmpfs": "data in memory, where the machine has room for it (256 MB); else on disk, which is said",
    "volumes": "PostgreSQL's `/docker-entrypoint-initdb.d`; a data directory lasts as long as the environment",
    "depends_on": "the order of starting; who is waited for is ready, whatever the condition",
    "healthcheck": "covered: every server is asked in its own protocol until it is ready",
    "extends": "merged, of the same file or another",
    "profiles": "started with `--profile NAME` alone",
}
_NO_CONTAINER = "there is no container"
_NO_NETWORK = "there is no network of containers: clients use localhost and the port"
_NO_LIMITS = "the server is an ordinary process, without limits"
NOTED = {
    "annotations": _NO_CONTAINER,
    "attach": "read the logs with `accord env logs`",
    "blkio_config": _NO_LIMITS,
    "cap_add": _NO_CONTAINER,
    "cap_drop": _NO_CONTAINER,
    "cgroup": _NO_CONTAINER,
    "cgroup_parent": _NO_CONTAINER,
    "container_name": f"{_NO_CONTAINER} to name: use `accord env status`",
    "cpu_count": _NO_LIMITS,
    "cpu_percent": _NO_LIMITS,
    "cpu_period": _NO_LIMITS,
    "cpu_quota": _NO_LIMITS,
    "cpu_shares": _NO_LIMITS,
    "cpus": _NO_LIMITS,
    "cpuset": _NO_LIMITS,
    "deploy": "one server is started, without limits",
    "develop": "nothing is watched or rebuilt",
    "dns": _NO_NETWORK,
    "dns_opt": _NO_NETWORK,
    "dns_search": _NO_NETWORK,
    "domainname": _NO_NETWORK,
    "expose": _NO_NETWORK,
    "external_links": _NO_NETWORK,
    "extra_hosts": _NO_NETWORK,
    "group_add": _NO_CONTAINER,
    "hostname": _NO_NETWORK,
    "init": _NO_CONTAINER,
    "ipc": _NO_CONTAINER,
    "isolation": _NO_CONTAINER,
    "labels": _NO_CONTAINER,
    "links": _NO_NETWORK,
    "logging": "read the logs with `accord env logs`",
    "mac_address": _NO_NETWORK,
    "mem_limit": _NO_LIMITS,
    "mem_reservation": _NO_LIMITS,
    "mem_swappiness": _NO_LIMITS,
    "memswap_limit": _NO_LIMITS,
    "networks": _NO_NETWORK,
    "oom_kill_disable": _NO_LIMITS,
    "oom_score_adj": _NO_LIMITS,
    "pid": _NO_CONTAINER,
    "pids_limit": _NO_LIMITS,
    "platform": "the server is built for this machine",
    "privileged": _NO_CONTAINER,
    "pull_policy": "no image is pulled",
    "read_only": _NO_CONTAINER,
    "restart": "a server that has ended stays so until the next `accord env up`",
    "runtime": _NO_CONTAINER,
    "scale": "one server is started",
    "security_opt": _NO_CONTAINER,
    "shm_size": "the server takes the memory it needs",
    "stdin_open": _NO_CONTAINER,
    "stop_grace_period": "a server whose data are not kept is ended at once",
    "stop_signal": "a server whose data are not kept is ended at once",
    "storage_opt": _NO_CONTAINER,
    "sysctls": _NO_CONTAINER,
    "tty": _NO_CONTAINER,
    "ulimits": _NO_LIMITS,
    "user": "the server runs as you; PostgreSQL never as root",
    "userns_mode": _NO_CONTAINER,
    "uts": _NO_CONTAINER,
    "working_dir": _NO_CONTAINER,
}
REFUSED = {
    "build": "an image built from your files is not run here: start that program yourself, and leave the service "
    "out with --without {service}",
    "configs": "files are not put into the server: say it in `command`, where the server has the setting",
    "cpu_rt_period": "real-time scheduling is not to be had",
    "cpu_rt_runtime": "real-time scheduling is not to be had",
    "credential_spec": "there is no such thing outside of Windows containers",
    "device_cgroup_rules": "devices are not passed on",
    "devices": "devices are not passed on",
    "entrypoint": "another program than the server's own is not run; say settings in `command`",
    "gpus": "devices are not passed on",
    "models": "models are not run",
    "network_mode": "there are no networks to choose: name the port in `ports`",
    "post_start": "nothing is run after the start; for PostgreSQL there is /docker-entrypoint-initdb.d",
    "pre_stop": "nothing is run before the end",
    "provider": "programs that provide a service are not run",
    "secrets": "files are not put into the server: say the password in `environment`, from a variable",
    "use_api_socket": "there is no container engine",
    "volumes_from": "volumes are not shared: name the files in `volumes`",
}
FILE_KEYS = ("name", "services", "version", "volumes", "networks", "configs", "secrets")
EXTENSION = "x-"  # what begins so is for other tools


def as_markdown() -> str:
    """The table of keys as docs/environments.md has it."""
    lines = ["| key | what becomes of it |", "|---|---|"]
    lines += [f"| `{key}` | {text} |" for key, text in USED.items()]
    by_text: dict[str, list[str]] = {}
    for key, text in NOTED.items():
        by_text.setdefault(text, []).append(f"`{key}`")
    lines += [f"| {', '.join(keys)} | said, and passed over: {text} |" for text, keys in by_text.items()]
    for key, text in REFUSED.items():
        lines.append(f"| `{key}` | refused: {text.format(service='SERVICE')} |")
    return "\n".join(lines)
