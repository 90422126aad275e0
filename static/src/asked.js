// Which questions a guest is asked; the same rule as outreach/registrations/asked.py (tests/vectors/asked.json).

/**
 * @param {{id: string, types?: string[], whenId?: string, whenValue?: string}[]} questions
 * @param {string} type guest type id; empty: not known yet
 * @param {(id: string) => string[]} given what is answered to a question
 * @returns {Set<string>} the ids of those that are asked
 */
export function asked(questions, type, given) {
  const byId = new Map(questions.map((question) => [question.id, question]));
  function isAsked(question, above) {
    if (above.has(question.id)) return false;
    if (question.types?.length && type && !question.types.includes(type)) return false;
    const parent = question.whenId && byId.get(question.whenId);
    if (!parent) return true;
    return isAsked(parent, new Set([...above, question.id])) && given(parent.id).includes(question.whenValue);
  }
  return new Set(questions.filter((question) => isAsked(question, new Set())).map((question) => question.id));
}
