from collections.abc import Callable

import pytest

Mistakes = Callable[[str], list[str]]

SUBSCRIPTION = "/subscriptions/11111111-2222-3333-4444-555555555555"
TEMPLATES = f"{SUBSCRIPTION}/resourceGroups/images/providers/Microsoft.VirtualMachineImages/imageTemplates"
GROUP = f'[[group]]\nname = "base"\nprimary = "{TEMPLATES}/weu"\nsecondaries = ["{TEMPLATES}/neu"]\n'
STEP = GROUP + "[[group.step]]\n"


def test_five_different_mistakes_are_five_lines_in_the_order_of_the_file(mistakes_in: Mistakes) -> None:
    text = f"""[poll]
probe = 30

[policy]
mode = "automatic"
hold_min = "20m"
coolness = "1h"

[[group]]
name = "base"
primary = "{TEMPLATES}/weu"
secondaries = [
  "{TEMPLATES}/neu",
  "{TEMPLATES}/WEU",
]
"""
    assert mistakes_in(text) == [
        'config.toml:2: poll.probe: 30 is not a duration; write it like "30s", "10m", "1h30m" or "35d"',
        'config.toml:5: policy.mode: "automatic" is not a mode; choose shadow, approve or auto',
        "config.toml:6: policy.hold_min: hold_min 20m is longer than hold_max 15m; lower the first or raise the second",
        "config.toml:7: policy.coolness: is not a setting of [policy]; did you mean cooldown?",
        (
            'config.toml:14: group "base": secondaries: "weu" is already in this group (line 11); '
            "a template belongs to one group, once"
        ),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[polcy]\n", "config.toml:1: polcy: is not a section; did you mean policy?"),
        (
            "[xyzzy]\n",
            (
                "config.toml:1: xyzzy: is not a section; "
                "the sections are [azure], [state], [http], [poll], [policy], [backup], [[canary]], [[freeze]], "
                "[[mapping]], [[dependency]], [[peer]], [[group]]"
            ),
        ),
        (
            'listen = "127.0.0.1:1"\n',
            "config.toml:1: listen: is not a section; it belongs under [http], above any section that follows",
        ),
        ('[state]\n"a\\nb" = 1\n', 'config.toml:2: state."a\\nb": is not a setting of [state]; there are url'),
        (
            STEP + 'handler = "run-template"\nallowed_geographies = ["Europe"]\n',
            (
                'config.toml:7: group "base": step 1: allowed_geographies: is not a setting of [[group.step]]; '
                "it belongs under [[group]], above any section that follows"
            ),
        ),
    ],
)
def test_an_unknown_key_gets_a_suggestion(mistakes_in: Mistakes, text: str, said: str) -> None:
    assert mistakes_in(text) == [said]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[azure]\nclient_id = 7\n", "azure.client_id: 7 is the wrong kind of value; write text in quotes"),
        ("[azure]\nclient_id = []\n", "azure.client_id: a list is the wrong kind of value; write text in quotes"),
        (
            '[policy]\nsuspect_score = "1"\n',
            'policy.suspect_score: "1" is the wrong kind of value; write a number',
        ),
        ("[policy]\nsuspect_score = nan\n", "policy.suspect_score: nan is the wrong kind of value; write a number"),
        (
            '[policy]\nexclude_late_images = "yes"\n',
            'policy.exclude_late_images: "yes" is the wrong kind of value; write true or false, without quotes',
        ),
        (
            "[policy]\nmax_moves_per_day = 1.5\n",
            "policy.max_moves_per_day: 1.5 is the wrong kind of value; write a whole number",
        ),
        (
            "[policy]\nmax_moves_per_day = true\n",
            "policy.max_moves_per_day: true is the wrong kind of value; write a whole number",
        ),
    ],
)
def test_a_wrong_type_is_named_with_the_right_one(mistakes_in: Mistakes, text: str, said: str) -> None:
    assert mistakes_in(text) == [f"config.toml:2: {said}"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("policy = 3\n", "policy: 3 cannot stand here; this is a section, write [policy] with single brackets"),
        ("[[poll]]\n", "poll: a list cannot stand here; this is a section, write [poll] with single brackets"),
        ("[group]\n", "group: a table cannot stand here; this is a section, write [[group]] with double brackets"),
        ("group = [1]\n", "group: 1 cannot stand here; this is a section, write [[group]] with double brackets"),
    ],
)
def test_a_section_with_the_wrong_brackets_is_shown_the_right_ones(mistakes_in: Mistakes, text: str, said: str) -> None:
    assert mistakes_in(text) == [f"config.toml:1: {said}"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[policy]\nmax_moves_per_day = 0\n",
            "policy.max_moves_per_day: 0 is out of range; write a number of at least 1",
        ),
        ("[policy]\nsuspect_score = 0\n", "policy.suspect_score: 0 is out of range; write a number of more than 0.0"),
        (
            STEP + 'handler = "run-template"\nretries = 11\n',
            'group "base": step 1: retries: 11 is out of range; write a number of at most 10',
        ),
    ],
)
def test_a_number_out_of_range_is_told_the_limit(mistakes_in: Mistakes, text: str, said: str) -> None:
    assert [line.split(": ", 1)[1] for line in mistakes_in(text)] == [said]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[azure]\ncloud = "azure"\n', 'azure.cloud: "azure" is not a cloud; choose public, usgovernment or china'),
        (
            '[azure]\ncredential = "password"\n',
            (
                'azure.credential: "password" is not a credential; '
                "choose managed-identity, workload-identity, environment, cli or default"
            ),
        ),
        ("[policy]\nmode = true\n", "policy.mode: true is not a mode; choose shadow, approve or auto"),
    ],
)
def test_an_unknown_choice_is_shown_all_choices(mistakes_in: Mistakes, text: str, said: str) -> None:
    assert mistakes_in(text) == [f"config.toml:2: {said}"]


def test_a_group_without_its_keys_is_told_each_of_them_and_what_to_write(mistakes_in: Mistakes) -> None:
    assert mistakes_in("\n[[group]]\n") == [
        'config.toml:2: group 1: name: is missing; give the group a name: name = "ubuntu-base"',
        "config.toml:2: group 1: primary: is missing; write the resource id of the template that builds in good times",
        (
            "config.toml:2: group 1: secondaries: is missing; deploy one (aibwatch replicate GROUP --to REGION) "
            "or remove the group"
        ),
    ]


def test_a_group_without_a_secondary_is_told_how_to_get_one(mistakes_in: Mistakes) -> None:
    text = f'[[group]]\nname = "base"\nprimary = "{TEMPLATES}/weu"\nsecondaries = []\n'
    assert mistakes_in(text) == [
        (
            'config.toml:4: group "base": secondaries is empty; deploy one (aibwatch replicate base --to REGION) '
            "or remove the group"
        )
    ]


def test_two_groups_of_one_name_are_told_of_each_other(mistakes_in: Mistakes) -> None:
    assert mistakes_in(GROUP + GROUP.replace("/weu", "/a").replace("/neu", "/b")) == [
        'config.toml:6: group "base": name: "base" already names the group in line 2; choose another name'
    ]


def test_a_template_in_two_groups_is_told_the_other_group(mistakes_in: Mistakes) -> None:
    other = GROUP.replace('"base"', '"other"').replace("/weu", "/swe").replace("/neu", "/NEU")
    assert mistakes_in(GROUP + other) == [
        (
            'config.toml:8: group "other": secondaries: "neu" is already in group "base" (line 4); '
            "a template belongs to one group, once"
        )
    ]


def test_a_mistake_in_one_group_does_not_hide_that_its_template_is_used_twice(mistakes_in: Mistakes) -> None:
    other = GROUP.replace('"base"', '"other"').replace("/neu", "/swe") + 'mode = "car"\n'
    assert [line.split(": ", 1)[0] for line in mistakes_in(GROUP + other)] == ["config.toml:7", "config.toml:9"]


def test_thresholds_in_the_wrong_order_are_told_where_they_are_written(mistakes_in: Mistakes) -> None:
    text = "[policy]\nsuspect_score = 9.2\n" + GROUP + 'confirm_score = 10\nhold_max = "1m"\n'
    assert mistakes_in(text) == [
        (
            "config.toml:2: policy.suspect_score: suspect_score 9.2 is not below confirm_score 9.2; "
            "lower the first or raise the second"
        ),
        (
            'config.toml:8: group "base": hold_max: hold_min 3m is longer than hold_max 1m; '
            "lower the first or raise the second"
        ),
    ]


def test_an_unreadable_threshold_is_not_compared(mistakes_in: Mistakes) -> None:
    assert mistakes_in('[policy]\nhold_min = "soon"\nhold_max = "2m"\nsuspect_score = true\nconfirm_score = 0.5\n') == [
        'config.toml:2: policy.hold_min: "soon" is not a duration; write it like "30s", "10m", "1h30m" or "35d"',
        "config.toml:4: policy.suspect_score: true is the wrong kind of value; write a number",
    ]


def test_a_webhook_without_address_and_secret_is_told_both(mistakes_in: Mistakes) -> None:
    place = 'config.toml:6: group "base": step 1: handler: handler "webhook" needs options.'
    assert mistakes_in(STEP + 'handler = "webhook"\n') == [
        f'{place}secret_file; write under [group.step.options]: secret_file = "/PATH"',
        f'{place}url; write under [group.step.options]: url = "https://HOST/PATH"',
    ]


@pytest.mark.parametrize("key", ["url", "status_url"])
def test_a_webhook_goes_nowhere_unencrypted(mistakes_in: Mistakes, key: str) -> None:
    options = {"url": "https://hooks.example.com", "secret_file": "/s", key: "http://hooks.example.com"}
    written = ", ".join(f'{name} = "{value}"' for name, value in options.items())
    (told,) = mistakes_in(STEP + f'handler = "webhook"\noptions = {{ {written} }}\n')
    assert f"options.{key}: " in told
    assert told.endswith("write https, plain http is for loopback addresses only")


def test_a_command_step_needs_its_command(mistakes_in: Mistakes) -> None:
    assert mistakes_in(STEP + 'handler = "command"\n') == [
        (
            'config.toml:6: group "base": step 1: handler: handler "command" needs options.command; '
            'write under [group.step.options]: command = ["/path/to/program"]'
        )
    ]


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ("[]", "is empty; write one or leave the key out"),
        ('["./x"]', '"./x" depends on where the daemon was started; write its whole path'),
        ('["/x", "\\u0000"]', "has a zero byte, which no program can be given; remove it"),
        ('"/x"', '"/x" is the wrong kind of value; write a list in brackets'),
    ],
)
def test_a_command_that_cannot_be_called_is_a_mistake(mistakes_in: Mistakes, written: str, wrong: str) -> None:
    assert mistakes_in(STEP + f'handler = "command"\noptions = {{ command = {written} }}\n') == [
        f'config.toml:7: group "base": step 1: options.command: {wrong}'
    ]


def test_an_installed_handler_takes_what_it_likes_but_nothing_nested(mistakes_in: Mistakes) -> None:
    options = 'handler = "notify-chat"\noptions = { room = "ops", when = 2026-03-01, deep = { a = 1 }, "a b" = 1 }\n'
    assert mistakes_in(STEP + options) == [
        (
            'config.toml:7: group "base": step 1: options."a b": is no name of an option; '
            "write letters, digits, _ and - only"
        ),
        (
            'config.toml:7: group "base": step 1: options.deep: a table cannot be an option; '
            "write text, a number, true, false or a list of texts"
        ),
        (
            'config.toml:7: group "base": step 1: options.when: 2026-03-01 cannot be an option; '
            "write text, a number, true, false or a list of texts"
        ),
    ]


def test_a_handler_that_is_not_installed_is_told_the_installed_ones(mistakes_in: Mistakes) -> None:
    assert mistakes_in(STEP + 'handler = "notify"\n') == [
        (
            'config.toml:6: group "base": step 1: handler: "notify" is not an installed handler; '
            "install its package or choose command, notify-chat, run-template or webhook"
        )
    ]


def test_a_step_takes_only_the_options_of_its_handler(mistakes_in: Mistakes) -> None:
    options = 'handler = "run-template"\noptions = { url = "https://example.com", command = [], secrets = 1 }\n'
    assert mistakes_in(STEP + options) == [
        (
            'config.toml:7: group "base": step 1: options.command: handler "run-template" takes no options; '
            "remove this key"
        ),
        'config.toml:7: group "base": step 1: options.command: is empty; write one or leave the key out',
        (
            'config.toml:7: group "base": step 1: options.secrets: is not a setting of [group.step.options]; '
            "did you mean secret_file?"
        ),
        'config.toml:7: group "base": step 1: options.url: handler "run-template" takes no options; remove this key',
    ]


def test_no_message_repeats_a_pasted_novel_or_breaks_its_line(mistakes_in: Mistakes) -> None:
    (line,) = mistakes_in('[policy]\nmode = "' + "\\u2028\\u202e" * 500 + '"\n')
    assert len(line) < 1500
    assert line.isprintable()


CANARY = f'[[canary]]\nregion = "westeurope"\ntemplate = "{TEMPLATES}/canary"\n'
FREEZE = '[[freeze]]\nfrom = {starts}\nto = {ends}\nreason = "year-end close"\n'


def test_a_region_has_one_canary(mistakes_in: Mistakes) -> None:
    assert mistakes_in(CANARY + CANARY.replace("/canary", "/other")) == [
        'config.toml:5: canary 2: region: "westeurope" has a canary already (line 2); keep one of them'
    ]


def test_a_canary_is_no_member_of_a_group(mistakes_in: Mistakes) -> None:
    text = CANARY.replace("/canary", "/WEU") + GROUP
    assert mistakes_in(text) == [
        (
            'config.toml:3: canary 1: template: "weu" is in group "base" (line 6): '
            "its runs would be evidence twice; deploy a template of its own (deploy/azure)"
        )
    ]


@pytest.mark.parametrize("number", ["0", "-1", "289"])
def test_a_canary_runs_at_least_once_and_at_most_every_five_minutes(mistakes_in: Mistakes, number: str) -> None:
    limit = "at most 288" if number == "289" else "at least 1"
    assert mistakes_in(CANARY + f"max_per_day = {number}\n") == [
        f"config.toml:4: canary 1: max_per_day: {number} is out of range; write a number of {limit}"
    ]


def test_a_freeze_ends_after_it_begins(mistakes_in: Mistakes) -> None:
    text = FREEZE.format(starts="2027-01-04T08:00:00+01:00", ends="2027-01-04T07:00:00Z")
    assert mistakes_in(text) == [
        (
            "config.toml:3: freeze 1: to: it is over at 2027-01-04T07:00:00+00:00, which is not after it begins, "
            "2027-01-04T08:00:00+01:00; make it later"
        )
    ]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "2027-01-04T08:00:00",
            (
                "2027-01-04T08:00:00 does not say its offset; "
                "write 2027-01-04T08:00:00Z for UTC, or 2027-01-04T08:00:00+01:00"
            ),
        ),
        (
            "2027-01-04",
            "2027-01-04 is not a date with a time; write it without quotes: 2026-12-20T00:00:00Z",
        ),
        (
            '"2027-01-04T08:00:00Z"',
            '"2027-01-04T08:00:00Z" is not a date with a time; write it without quotes: 2026-12-20T00:00:00Z',
        ),
        ("7", "7 is not a date with a time; write it without quotes: 2026-12-20T00:00:00Z"),
    ],
)
@pytest.mark.parametrize("key", ["from", "to"])
def test_a_freeze_needs_times_that_mean_the_same_everywhere(
    mistakes_in: Mistakes, key: str, written: str, said: str
) -> None:
    times = {"starts": "2026-12-20T00:00:00Z", "ends": "2028-01-04T00:00:00Z"}
    times["starts" if key == "from" else "ends"] = written
    line = 2 if key == "from" else 3
    assert mistakes_in(FREEZE.format(**times)) == [f"config.toml:{line}: freeze 1: {key}: {said}"]


def test_a_freeze_is_whole_or_a_mistake(mistakes_in: Mistakes) -> None:
    assert mistakes_in("[[freeze]]\nfrom_ = 1\n") == [
        "config.toml:1: freeze 1: from: is missing; write it, it has no default",
        "config.toml:1: freeze 1: reason: is missing; write it, it has no default",
        "config.toml:1: freeze 1: to: is missing; write it, it has no default",
        "config.toml:2: freeze 1: from_: is not a setting of [[freeze]]; did you mean from?",
    ]
