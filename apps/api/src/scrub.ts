// Every part has an end to its length: a long text that almost fits must not take long either.
const shapes = [
  // Keys of Stripe and Supabase, and the secrets that browsers get for one payment.
  String.raw`\b(?:sk|rk|whsec|sb_secret)_[A-Za-z0-9_]+`,
  String.raw`\b\w{1,80}_secret_\w+`,
  // Tokens: a JWT, also without its end, and whatever stands in an authorization header.
  String.raw`\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}`,
  String.raw`\b(?:[Bb]earer|[Bb]asic) [\w.~+/=-]{8,}`,
  // In addresses: a user's password, and parameters that are credentials.
  String.raw`(?<=:\/\/)[^\s/@:]{0,256}:[^\s/@]{1,256}(?=@)`,
  String.raw`(?<=[?&#](?:[\w-]{0,40}(?:token|secret|password|signature|code|key|email))=)[^&\s"']+`,
  // A mail address ends in letters and has no slash: otherwise the versioned folders in a stack were taken for one.
  String.raw`[^\s@"'<>/:=(]{1,64}@[^\s@"'<>/]{1,253}\.\p{L}{2,}`,
];
const secretShapes = new RegExp(shapes.join("|"), "gu");
// Each shape has one of these in it. Ids and names, which most of a log is made of, have none.
const trigger = /[_@=]|eyJ|earer |asic /;
const maxScrubbed = 8000;
const maxLength = 2000;

/** A text with what looks like a secret or a mail address taken out, and cut off when it is long. */
export function scrub(text: string): string {
  if (text.length <= maxLength && !trigger.test(text)) return text;
  const clean = text.slice(0, maxScrubbed).replaceAll(secretShapes, "[redacted]");
  return clean.length > maxLength ? `${clean.slice(0, maxLength)}…` : clean;
}
