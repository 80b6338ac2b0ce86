"""The table behind `rewind.model.reach`: programs, what their arguments look like, what that does.

A row's expression is matched at the start of the arguments, joined by one space each, with one
space at the end; blanks within an argument are '_'. What its group `what` matches is put behind
the text. Rows are tried in order.
"""

_OPTIONS = r"(?:-\S+ (?:(?!{verbs})[^-\s]\S* )?)*"


def _verb(verbs: str, options: str = _OPTIONS) -> str:
    """A subcommand, which may stand behind global options and their values."""
    verbs = f"(?:{verbs}) "
    return options.format(verbs=verbs) + verbs


_HOST = r"(?P<what>[^-\s]\S*)"
_SSH = r"(?:-[46AaCfGgKkMNnqsTtvXxYy]+ |-[BbcDEeFIiJLlmOoPpRSWw] ?\S+ )*" + _HOST
_REMOTE_TARGET = r"(?:\S+ )*(?P<what>(?:[^\s:/@]+@)?[^\s:/]+:(?!//)\S*|\w+://\S+) $"
_SENDS = (
    r"(?:.* )?(?:-\w*X ?(?!GET|HEAD)\w|--request[ =](?!GET|HEAD)\w|-[a-zA-Z]*[dFT](?: ?\S)"
    r"|--(?:data|form|json|upload-file)|--(?:post|body)-|--method=(?!GET|HEAD))"
)
_SENDS_TO = rf"(?=.*?(?P<what>\b[a-z]+://[^\s/?#]+))(?={_SENDS})"
_KUBERNETES = (
    "annotate|apply|attach|autoscale|cordon|cp|create|debug|delete|drain|edit|exec|expose|label"
    "|patch|replace|rollout (?:pause|restart|resume|undo)|run|scale|set|taint|uncordon"
)
_CONTAINERS = (
    "(?:container |image )?(?:build|commit|cp|create|exec|import|kill|load|pause|prune|pull|rename"
    "|restart|rm|rmi|run|start|stop|tag|unpause|update)|(?:network|volume) (?:create|prune|rm)"
    "|compose (?:\\S+ )*?(?:build|create|down|exec|kill|pull|restart|rm|run|start|stop|up)"
    "|stack (?:deploy|rm)|swarm \\S+|system prune|service (?:create|rm|scale|update)"
)
_CLOUD_READS = (
    r"(?!(?:\S+ )*?(?:(?:describe|get|list|ls|show|help|version|info|status)(?:-\S+)? "
    r"|--(?:version|help) |configure |config ))\S"
)
_NOT_HELP = r"(?!(?:.* )?(?:--help|--version|-V) )"

PROGRAMS: tuple[tuple[str, str, str], ...] = (
    ("ssh mosh autossh", _SSH, "runs something over ssh on"),
    ("telnet ftp sftp lftp", rf"(?:-\S+ )*{_HOST}", "connects to"),
    ("nc ncat netcat socat", r"(?!-\S*[lz]|.*LISTEN)\S", "connects to another machine"),
    ("ssh-copy-id", r"\S", "installs a key on another machine"),
    ("scp rsync", _REMOTE_TARGET, "copies files to"),
    ("rclone gsutil s3cmd s5cmd",
     r"(?:\S+ )*?(?:copy|sync|move|cp|mv|put|rm|delete|purge|mb|rb) ",
     "changes files in remote storage"),
    ("git", r"(?:-[Cc] \S+ |-\S+ )*push (?!(?:.* )?(?:-n|--dry-run|-h|--help) )"
     r"(?:(?:-o \S+|-\S+) )*" + f"(?:{_HOST})?", "pushes to the git remote"),
    ("git", r"(?:-[Cc] \S+ |-\S+ )*(?:send-email|svn dcommit|p4 submit|lfs push|annex sync) ",
     "sends commits to a server"),
    ("hg dvc", "push ", "sends commits to a server"),
    ("jj", "git push ", "sends commits to a server"),
    ("svn", "(?:commit|ci|import|delete|mkdir|copy|move) ", "sends commits to a server"),
    ("gh glab", (r"(?:pr|mr|issue|release|repo|workflow|run|secret|variable|gist|label|cache) "
     r"(?!list|view|status|diff|checks|clone|checkout|download|search|watch|token)\w"
     r"|api .*(?:-X|--method|-f|-F|--field|--raw-field|--input)"),
     "changes something on a code host"),
    ("kubectl oc kubecolor", _verb(_KUBERNETES), "changes a Kubernetes cluster"),
    ("k3s microk8s minikube", rf"(?:kubectl (?:-- )?{_verb(_KUBERNETES)}|start |stop |delete )",
     "changes a Kubernetes cluster"),
    ("helm", _verb("install|upgrade|uninstall|delete|rollback|push"),
     "changes a Kubernetes cluster"),
    ("helmfile argocd flux istioctl eksctl kops kubeadm velero kind k3d",
     (r"(?:\S+ )*?(?:apply|sync|destroy|create|delete|install|uninstall|upgrade|rollback|init|join"
     r"|reset) "), "changes a cluster"),
    ("terraform tofu terragrunt",
     _verb("apply|destroy|import|taint|untaint|refresh|force-unlock|run-all|state (?:mv|push|rm)"
           "|workspace (?:delete|new)"), "changes infrastructure"),
    ("pulumi cdk cdktf sam serverless sls skaffold",
     r"(?:\S+ )*?(?:up|destroy|deploy|import|refresh|remove|delete|run) ",
     "changes infrastructure"),
    ("ansible ansible-playbook ansible-pull",
     r"(?!(?:.* )?(?:--check|-C|--syntax-check|--list-\w+|--version|--help) )\S",
     "changes machines with ansible"),
    ("salt salt-ssh salt-call fab pyinfra knife chef-client puppet", _NOT_HELP, "changes machines"),
    ("aws gcloud az doctl hcloud oci ibmcloud linode-cli scw bq", _CLOUD_READS,
     "changes something in a cloud"),
    ("heroku fly flyctl vercel netlify wrangler railway eb cf surge firebase supabase",
     (r"(?:\S+ )*?(?:deploy|create|destroy|delete|scale|restart|set|unset|secrets?|publish|push|up"
     r"|launch|rollback|config:set|run) "), "changes a hosted application"),
    ("docker podman nerdctl buildah skopeo crane",
     _verb(r"push|copy|manifest push|image push|compose push|buildx build (?=.*--push )"),
     "pushes to a container registry"),
    ("docker podman nerdctl", _verb(_CONTAINERS), "changes containers or images"),
    ("docker-compose podman-compose", (r"(?:\S+ )*?(?:build|create|down|exec|kill|pull|push|restart"
     r"|rm|run|start|stop|up) "), "changes containers or images"),
    ("npm pnpm yarn bun cargo poetry uv hatch flit gem lerna vsce",
     r"(?!.*--dry-run )(?:npm )?(?:publish|unpublish|deprecate|yank|push) ", "publishes a package"),
    ("twine", "upload ", "publishes a package"),
    ("mvn mvnw gradle gradlew", r"(?:\S+ )*?(?:deploy|publish|release)", "publishes a package"),
    ("goreleaser", "release ", "publishes a package"),
    ("dotnet nuget conan", "(?:nuget )?(?:push|upload) ", "publishes a package"),
    ("npm pnpm yarn bun", (r"(?=(?:.* )?(?:-g|--global|global) )(?:\S+ )*?"
     r"(?:i|install|add|uninstall|rm|remove|update) "), "changes installed packages"),
    (("psql mysql mariadb pgcli mycli mongo mongosh redis-cli valkey-cli sqlcmd cqlsh influx usql "
     "clickhouse-client sqlplus"),
     (r"(?!(?:--version|--help|-V|-l|--list) $)(?:(?:.* )?(?:-h ?|--host[= ])(?P<what>[^-\s]\S*)"
     r")?"), "talks to a database server"),
    (("createdb dropdb createuser dropuser pg_restore mysqladmin mysqlimport mongorestore "
     "mongoimport liquibase flyway dbmate"), _NOT_HELP, "changes a database"),
    ("alembic goose migrate sqitch prisma manage.py rails rake", (r"(?:\S+ )*?(?:upgrade|downgrade"
     r"|up|down|migrate|deploy|rollback|db:\S+) "), "changes a database"),
    ("curl wget", _SENDS_TO, "sends data to"),
    ("curl wget", _SENDS, "sends data to a server"),
    ("http https xh xhs", r"(?:-\S+ )*(?:POST|PUT|PATCH|DELETE) (?P<what>\S+)", "sends data to"),
    ("http https xh xhs", (r"(?:-\S+ )*(?!GET |HEAD |OPTIONS )(?P<what>[^-\s]\S*) (?:\S+ )*?"
     r"[\w-]+(?::=|=(?!=)|@)"), "sends data to"),
    (("grpcurl websocat wscat mosquitto_pub kafka-console-producer kafka-console-producer.sh "
     "amqp-publish"), _NOT_HELP + r"\S", "sends something to a server"),
    ("nats rabbitmqadmin", "(?:pub|publish|request) ", "sends something to a server"),
    ("mail mailx mutt sendmail msmtp swaks", _NOT_HELP, "sends mail"),
    ("systemctl", _verb(
        r"start|stop|restart|reload|try-restart|reload-or-restart|enable|disable|mask|unmask|kill"
        r"|isolate|reboot|poweroff|halt|suspend|daemon-reload|set-\S+|edit"),
     "changes a service of this machine"),
    ("service rc-service", r"\S+ (?!status )\S", "changes a service of this machine"),
    ("launchctl initctl", r"(?!list |print |status )\S", "changes a service of this machine"),
    ("supervisorctl", "(?:start|stop|restart|reload|update) ", "changes a service of this machine"),
    ("reboot shutdown poweroff halt", _NOT_HELP, "stops this machine"),
    ("apt apt-get aptitude dnf yum microdnf zypper apk brew snap flatpak port pkg",
     (r"(?:-\S+ )*(?:install|reinstall|remove|purge|autoremove|upgrade|full-upgrade|dist-upgrade"
     r"|update|add|del|erase|uninstall|refresh|dup|tap) "), "changes installed packages"),
    ("pacman yay paru", r"-\S*[SRU](?![si]+ )", "changes installed packages"),
    ("dpkg", r"(?:-i|-r|-P|--install|--remove|--purge|--configure) ", "changes installed packages"),
    ("rpm", r"-\S*[iUeF](?<!-qi)", "changes installed packages"),
    ("pip pip3 pipx uv conda mamba micromamba gem cpan cpanm luarocks rustup cargo go nix-env",
     r"(?:-\S+ )*(?:pip |tool |toolchain )?(?:install|uninstall|remove|upgrade|inject|-iA?|-e) ",
     "changes installed packages"),
    ("crontab", r"(?!(?:-u \S+ )?-l )", "changes scheduled jobs"),
    ("at batch", r"(?!-[lcV])\S", "schedules a job"),
    ("useradd userdel usermod adduser deluser groupadd groupdel passwd chpasswd visudo chsh",
     _NOT_HELP, "changes accounts of this machine"),
    ("iptables ip6tables nft ufw firewall-cmd",
     r"(?!(?:.* )?(?:-L|-S|-nL|-nvL|-vnL|list|status|--list\S*|--state|--get\S*) )\S",
     "changes the firewall of this machine"),
    ("ip", r"(?:-\S+ )*\w+ (?:add|del|delete|set|change|replace|flush) ",
     "changes the network of this machine"),
    ("nmcli", r".*\b(?:up|down|add|delete|modify|connect|disconnect) ",
     "changes the network of this machine"),
    ("hostnamectl timedatectl localectl", "set-", "changes the set-up of this machine"),
    ("sysctl", r"(?:.* )?(?:-w|-p|--system|--write|\S+=)", "changes the set-up of this machine"),
    ("modprobe rmmod insmod", _NOT_HELP + r"\S", "changes the set-up of this machine"),
    ("mount", r"(?!-l $)\S", "changes the mounts of this machine"),
    ("umount fusermount fusermount3 losetup", r"\S", "changes the mounts of this machine"),
    (("mkfs mkfs.ext4 mkfs.xfs mkfs.vfat mke2fs wipefs parted fdisk cryptsetup pvcreate vgcreate "
     "lvcreate lvremove zfs zpool"), r"(?!-l |list |status )\S", "changes disks of this machine"),
    ("dd", r"(?:.* )?of=/dev/(?!null|std)", "changes disks of this machine"),
)  # fmt: skip

WRAPPERS: dict[str, tuple[str, int]] = {
    "sudo": ("CDghpRrTtUu", 0),
    "doas": ("Cu", 0),
    "env": ("CSu", 0),
    "time": ("fo", 0),
    "nohup": ("", 0),
    "nice": ("n", 0),
    "ionice": ("cnp", 0),
    "setsid": ("", 0),
    "stdbuf": ("eio", 0),
    "timeout": ("ks", 1),
    "xargs": ("adEILnPs", 0),
    "parallel": ("aIjnN", 0),
    "watch": ("n", 0),
    "command": ("", 0),
    "builtin": ("", 0),
    "exec": ("a", 0),
    "flock": ("wE", 1),
    "chroot": ("", 1),
    "strace": ("aeIOopSsuX", 0),
    "unbuffer": ("", 0),
    "systemd-run": ("EHMpu", 0),
    "torsocks": ("", 0),
    "proxychains": ("f", 0),
    "aws-vault": ("", 2),
    "sshpass": ("dfpP", 0),
    "npx": ("cp", 0),
    "bunx": ("", 0),
    "coproc": ("", 0),
}
"""Programs that run the command behind them: the letters of their options that take a value, and
how many arguments come before that command."""
