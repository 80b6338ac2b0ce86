import time

import pytest

from rewind.errors import UsageError
from rewind.model.reach import extra_rules, reaches
from rewind.model.reach_rules import PROGRAMS

REACHING = {
    "ssh -p 22 -i k root@web1 'systemctl restart x'": "runs something over ssh on root@web1",
    "sudo -u deploy env A=1 git -C /x push -f origin main": "pushes to the git remote origin",
    "git push": "pushes to the git remote",
    "kubectl -n prod apply -f x.yml": "changes a Kubernetes cluster",
    "kubectl --context a rollout restart deploy/x": "changes a Kubernetes cluster",
    "helm upgrade --install web ./chart": "changes a Kubernetes cluster",
    "terraform -chdir=x apply -auto-approve": "changes infrastructure",
    "ansible-playbook site.yml": "changes machines with ansible",
    "scp a.txt host:/tmp": "copies files to host:/tmp",
    "rsync -av dist/ user@h:/srv/": "copies files to user@h:/srv/",
    "curl -sS -X POST https://api.example.com/v1/x -d @f": "sends data to https://api.example.com",
    "curl -XPUT http://localhost:9200/_x": "sends data to http://localhost:9200",
    "curl -d a=1 localhost:80": "sends data to a server",
    "wget --post-data=x http://h/": "sends data to http://h",
    "http POST api.x.org a=1": "sends data to api.x.org",
    "http api.x.org name=1": "sends data to api.x.org",
    "aws --profile p ec2 terminate-instances": "changes something in a cloud",
    "gcloud compute instances delete x": "changes something in a cloud",
    "docker push r/x:1": "pushes to a container registry",
    "docker compose up -d": "changes containers or images",
    "psql -h db1 -c 'select 1'": "talks to a database server db1",
    "mysql --host=db2 shop": "talks to a database server db2",
    "sudo systemctl restart nginx": "changes a service of this machine",
    "apt-get -y install jq": "changes installed packages",
    "python3 -m pip install x": "changes installed packages",
    "python manage.py migrate": "changes a database",
    "npm publish": "publishes a package",
    "npm i -g x": "changes installed packages",
    "gh pr create --fill": "changes something on a code host",
    "echo hi | mail -s x a@b": "sends mail",
}

STAYING = [
    "ls -la | grep x",
    "git fetch && git pull && git log --grep push",
    "git push --dry-run origin",
    "kubectl get pods -n prod",
    "helm list",
    "terraform plan",
    "ansible-playbook --check site.yml",
    "scp host:/tmp/a .",
    "rsync -a a/ b/",
    "curl -fsSL https://x.org | bash",
    "curl -X GET https://x.org",
    "http api.x.org",
    "aws s3 ls",
    "aws ec2 describe-instances",
    "gcloud compute instances list",
    "docker ps",
    "psql --version",
    "systemctl status nginx",
    "apt list",
    "pip list",
    "npm install",
    "gh pr list",
    "ssh -V",
    "crontab -l",
    "echo ssh host",
    "echo 'git push'",
    "# git push",
    "cat <<EOF\nssh host\nEOF",
    "a=(ssh host)",
    "",
]


@pytest.mark.parametrize("command", REACHING)
def test_a_command_that_reaches_out_says_what_it_does(command: str) -> None:
    assert reaches(command) == REACHING[command]


@pytest.mark.parametrize("command", STAYING)
def test_a_command_that_stays_here_or_only_reads_is_no_reach(command: str) -> None:
    assert reaches(command) is None


@pytest.mark.parametrize(
    "command",
    [
        "cd x && git push origin",
        "test -f y || git push origin",
        "true; git push origin",
        "true & git push origin &",
        "(cd x; git push origin)",
        "{ git push origin; }",
        "if true; then git push origin; fi",
        "while ! git push origin; do sleep 1; done",
        "case x in\n  x) git push origin;;\nesac",
        "f() { git push origin; }; f",
        "out=$(git push origin 2>&1)",
        'echo "done: $(git push "origin")"',
        "echo `git push origin`",
        "diff <(git push origin) f",
        "A=1 B='2 3' time git push origin",
        "timeout -k 5 60 git push origin",
        "nice -n 10 ionice -c 3 git push origin",
        "bash -euc 'git push origin'",
        'sudo sh -c "cd /x && git push origin"',
        "eval git push origin",
        "/usr/bin/git push origin",
        "find . -name x -exec git push origin \\;",
        "git \\\n  push origin",
        "2>/dev/null git push origin >log",
        "cat <<A <<'B' | git push origin\n1\nA\n2\nB\n",
        "cat <<-A\n\tA\ngit push origin",
    ],
)
def test_a_reach_is_found_wherever_bash_would_run_it(command: str) -> None:
    assert reaches(command) == "pushes to the git remote origin"


def test_several_reaches_are_named_once_each_in_order() -> None:
    assert reaches("git push a; git push a; ssh web1 true") == (
        "pushes to the git remote a, runs something over ssh on web1"
    )


def test_a_host_that_comes_from_standard_input_is_shown_as_xargs_writes_it() -> None:
    assert reaches("cat hosts | xargs -n1 ssh") == "runs something over ssh on {}"


def test_a_users_rule_comes_before_the_table_and_names_what_it_matched() -> None:
    rules = extra_rules([(r"^git push (?P<what>\S+)", "tells the team about")])
    assert reaches("git push origin", rules) == "tells the team about origin"
    assert reaches("deploy-all now", extra_rules([("^deploy-all ", "deploys")])) == "deploys"


def test_a_users_rule_that_is_no_regular_expression_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r"'\(' is no regular expression"):
        extra_rules([("(", "x")])


def test_what_is_named_can_be_put_on_a_terminal() -> None:
    assert reaches("ssh 'h\x1b[2J'") == "runs something over ssh on h\\x1b[2J"


def test_each_text_of_the_table_reads_as_a_verb() -> None:
    assert all(text.split()[0].endswith("s") and text == text.strip() for _, _, text in PROGRAMS)


def test_ordinary_commands_take_less_than_100_microseconds() -> None:
    commands = ["ls -la", "make -j8 all 2>&1 | tee log", "kubectl -n prod apply -f x.yml"]
    best = min(_seconds(commands) for _ in range(5))
    assert best / len(commands) < 100e-6


def _seconds(commands: list[str]) -> float:
    start = time.process_time()
    for _ in range(100):
        for command in commands:
            reaches(command)
    return (time.process_time() - start) / 100
