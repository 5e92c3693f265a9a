/**
 * Takes out of a text what looks like a credential. A last resort before something a
 * model wrote is kept: the shapes are those of well-known keys, nothing more.
 */

const SHAPES: readonly RegExp[] = [
  // OpenAI, Anthropic, Stripe and others: a short prefix, then a long key.
  /\b(?:sk|pk|rk)[-_](?:[A-Za-z0-9]+[-_])*[A-Za-z0-9]{16,}\b/g,
  // GitHub, GitLab, Slack, npm.
  /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|npm_)[\w-]{16,}/g,
  // AWS access keys, Google API keys.
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bAIza[\w-]{35}/g,
  // JSON Web Tokens.
  /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*/g,
  /\b[Bb]earer +[\w.~+/=-]{16,}/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // A password in an address.
  /(?<=:\/\/[^\s/:@]+:)[^\s/@]+(?=@)/g,
];

export function redactSecrets(text: string): string {
  return SHAPES.reduce(
    (redacted, shape) => redacted.replace(shape, "[redacted]"),
    text,
  );
}
