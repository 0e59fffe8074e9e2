/** A variable that a measured server cannot do without. Errors: it is missing. */
export function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name}: missing`);
  return value;
}
