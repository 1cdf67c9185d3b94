// What grading the programs of an exercise has shown.

/** Whether a program was graded as its folder says. */
export function judge({ accepted, passed }) {
  return accepted === passed;
}

/** The report of one exercise, in plain lines. */
export function report(exercise, results) {
  const wrong = results.filter((result) => !result.accepted);
  const right = results.filter((result) => result.accepted);
  const rejected = wrong.filter((result) => !result.passed);
  const lines = [
    `${exercise}: ${rejected.length} of ${wrong.length} wrong programs rejected, ` +
      `${right.filter((result) => result.passed).length} of ${right.length} right ones accepted`,
    ...results.filter((result) => !judge(result)).map(surprise),
    ...byRule(rejected),
  ];
  return `${lines.join("\n")}\n`;
}

function surprise({ accepted, name, rules }) {
  return accepted ? `  REJECTED, yet right: ${name} (${rules.join(", ")})` : `  ACCEPTED, yet wrong: ${name}`;
}

/** Each rule with how many programs it rejects, and how many that no other rule does. */
function byRule(rejected) {
  const rules = [...new Set(rejected.flatMap((result) => result.rules))].sort();
  return rules.map((rule) => {
    const by = rejected.filter((result) => result.rules.includes(rule));
    const alone = by.filter((result) => result.rules.length === 1);
    const only = alone.length ? `, ${alone.length} alone (${alone[0].name})` : ", none alone";
    return `  ${rule}: ${by.length}${only}`;
  });
}
