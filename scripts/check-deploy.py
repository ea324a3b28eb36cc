"""The part of scripts/check-deploy that compares files of deploy/ with each other and with the program.

Writes for further checks: dashboard.yml (the dashboard's queries as rules) and site-two.conf (nginx of compose.yml).
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import yaml

FAULTS = []


def main(work):
    dockerfile()
    compose(work)
    dashboard = json.loads(text("deploy/grafana/hopetree.json"))
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    write_rules(queries, work / "dashboard.yml")
    rules = yaml.safe_load(text("deploy/prometheus/alerts.yml"))["groups"][0]["rules"]
    measured("the dashboard", queries)
    measured("alerts.yml", [rule["expr"] for rule in rules])
    runbook(rules)
    commands()
    for fault in FAULTS:
        print(fault, file=sys.stderr)
    sys.exit(1 if FAULTS else 0)


def text(path):
    return Path(path).read_text(encoding="utf-8")


def dockerfile():
    """What is copied is there, belongs to the repository, and is not left out of what is sent to the build."""
    sent = {line[1:] for line in text("deploy/Dockerfile.dockerignore").splitlines() if line.startswith("!")}
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.splitlines()
    for line in re.findall(r"^COPY (?!--from)(.*)$", text("deploy/Dockerfile"), re.MULTILINE):
        for path in line.split()[:-1]:
            path = path.rstrip("/")
            if not any(file == path or file.startswith(path + "/") for file in tracked):
                FAULTS.append(f"Dockerfile copies {path}, which is not in the repository")
            if path.split("/")[0] not in sent:
                FAULTS.append(f"Dockerfile copies {path}, which Dockerfile.dockerignore leaves out")
    copied = " ".join(re.findall(r"^COPY .*$", text("deploy/Dockerfile"), re.MULTILINE))
    for file in tracked:
        if file.startswith("src/"):
            for other in re.findall(r'include_(?:bytes|str)!\("((?:\.\./)+[^"]+)"', text(file)):
                top = os.path.normpath(os.path.join(os.path.dirname(file), other)).split("/")[0]
                if top not in ("src", "deploy", "tests") and f"{top}/" not in copied:
                    FAULTS.append(f"{file} includes {other}, and the Dockerfile does not copy {top}/")


def compose(work):
    source = text("deploy/compose.yml")
    parsed = yaml.safe_load(source)
    # The schema is older than this one name.
    schema = json.loads(text(os.environ["COMPOSE_SCHEMA"]))
    named = {key: value for key, value in parsed.items() if key != "name"}
    for error in jsonschema.Draft7Validator(schema).iter_errors(named):
        FAULTS.append(f"compose.yml, {'.'.join(map(str, error.path))}: {error.message}")
    # Nothing secret has a default, and nothing is silently empty.
    example = text("deploy/.env.example")
    for name, rest in re.findall(r"(?<!\$)\$\{(\w+)([^}]*)\}", source):
        if rest.startswith(":?"):
            if not re.search(rf"^{name}=$", example, re.MULTILINE):
                FAULTS.append(f".env.example does not ask for {name}")
        elif not rest.startswith(":-"):
            FAULTS.append(f"compose.yml uses {name} without `:?` or `:-`")
        elif name in {"HOPETREE_MEDIA_S3_ACCESS_KEY", "HOPETREE_MEDIA_S3_SECRET_KEY"} and rest == ":-":
            pass  # Empty means that files are kept in the folder.
        elif re.search("PASSWORD|KEY|TOKEN|SECRET", name):
            FAULTS.append(f"compose.yml has a default for {name}")
    for name in ("node1", "node2"):
        if f"{name}:/data" not in parsed["services"][name]["volumes"]:
            FAULTS.append(f"compose.yml: {name} has no data folder of its own")
    shell = parsed["services"]["nginx"]["command"][2].replace("$$", "$").split("exec nginx")[0]
    shell = shell.replace("/hopetree/nginx.conf", "deploy/nginx.conf")
    shell = shell.replace("/etc/nginx/conf.d/hopetree.conf", str(work / "site-two.conf"))
    subprocess.run(["/bin/sh", "-ec", shell], check=True, env={**os.environ, "DOMAIN": "wx.town.cn"})


def write_rules(queries, path):
    """The dashboard's queries in a form that promtool reads; its variables stand for what they would be."""
    rules = []
    for number, query in enumerate(queries):
        query = query.replace("$__rate_interval", "5m").replace("$account", ".*").replace("$node", ".*")
        rules.append({"record": f"panel:{number}", "expr": query})
    path.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}), encoding="utf-8")


def measured(where, queries):
    """Every name that is asked for is one that the program registers (it adds the unit and the kind itself)."""
    registered = set(re.findall(r'"([a-z_]+)"', text("src/telemetry/metrics.rs")))
    for name in sorted(set(re.findall(r"\bhopetree_([a-z_]+)", " ".join(queries)))):
        forms, rest = {name}, name
        for end in ("_total", "_bucket", "_sum", "_count", "_seconds", "_bytes"):
            rest = rest.removesuffix(end)
            forms.add(rest)
        if not forms & registered:
            FAULTS.append(f"{where} asks for hopetree_{name}, which is not measured")


def anchors():
    headings = re.findall(r"^#+ (.+)$", text("deploy/RUNBOOK.md"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def runbook(rules):
    found = anchors()
    for rule in rules:
        if rule["annotations"]["runbook"].removeprefix("RUNBOOK.md#") not in found:
            FAULTS.append(f"RUNBOOK.md has no section for {rule['alert']}")
        if rule["alert"] not in text("deploy/RUNBOOK.md"):
            FAULTS.append(f"RUNBOOK.md does not name {rule['alert']}")
    for file in ("deploy/RUNBOOK.md", "deploy/kubernetes/README.md"):
        for target, anchor in re.findall(r"\]\(([^)#\s]*)#?([^)]*)\)", text(file)):
            if target and ":" not in target and not (Path(file).parent / target).exists():
                FAULTS.append(f"{file} links to {target}, which is not there")
            if anchor and target in ("", "../RUNBOOK.md") and anchor not in found:
                FAULTS.append(f"{file} links to #{anchor}, which is not there")


def commands():
    """Every command of the program that the files name is one that it has."""
    source = text("src/cli/mod.rs")
    variants = re.search(r"enum Command \{(.*?)\n\}", source, re.DOTALL).group(1)
    known = {name.lower() for name in re.findall(r"^    ([A-Z][a-z]+)[,({ ]", variants, re.MULTILINE)}
    places = {
        "RUNBOOK.md": re.findall(r"(?:^|[`|]) *(?:sudo )?(?:ht|hopetree) ([a-z]+)", text("deploy/RUNBOOK.md"), re.MULTILINE),
        "compose.yml": re.findall(r"command: \[([a-z]+)\]", text("deploy/compose.yml")),
        "migrate.yaml": re.findall(r"args: \[([a-z]+)\]", text("deploy/kubernetes/migrate.yaml")),
        "backup.yaml": re.findall(r"^ +hopetree ([a-z]+) ", text("deploy/kubernetes/backup.yaml"), re.MULTILINE),
    }
    for place, names in places.items():
        for name in sorted(set(names) - known):
            FAULTS.append(f"{place} names the command `hopetree {name}`, which is not there")


main(Path(sys.argv[1]))
