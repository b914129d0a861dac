// Passwords that would be tried first: the well-known ones of ten characters and more, and what is made by a simple pattern.

const WELL_KNOWN: ReadonlySet<string> = new Set(
  `password12 password123 password1234 password123456 passw0rd123 p@ssword123 p@ssw0rd123 passwordpassword mypassword mypassword1
  changeme123 changemenow letmein123 letmeinplease welcome123 welcome1234 welcome2024 welcome2025 welcome2026 administrator admin12345
  admin123456 adminadmin iloveyou123 iloveyou12 iloveyousomuch sunshine123 princess123 football123 baseball123 superman123 dragon12345
  master12345 monkey12345 shadow12345 michael123 jennifer123 qwerty12345 qwerty123456 qwertyuiop qwertyuiop123 1q2w3e4r5t 1q2w3e4r5t6y
  1qaz2wsx3edc qazwsxedcrfv zaq12wsxcde3 asdfghjkl123 zxcvbnm123 abc1234567 abcd123456 a1b2c3d4e5 aa12345678 trustno1234 correcthorsebatterystaple
  troupeowner troupe12345 troupetroupe`.split(/\s+/),
);
const RUNS = ['abcdefghijklmnopqrstuvwxyz', '01234567890123456789', 'qwertyuiopasdfghjklzxcvbnm'];
const FEWEST_DIFFERENT = 5;

/** Whether a password is well known, nearly one character, a run of the keyboard, or the person's own name or address. */
export function isCommonPassword(password: string, about: readonly string[]): boolean {
  const plain = password.toLowerCase();
  if (WELL_KNOWN.has(plain) || new Set(plain).size < FEWEST_DIFFERENT) return true;
  const backwards = [...plain].reverse().join('');
  if (RUNS.some((run) => run.includes(plain) || run.includes(backwards))) return true;
  return about.some((own) => own.length > 3 && plain.replaceAll(/[^a-z]/g, '') === own.toLowerCase().replaceAll(/[^a-z]/g, ''));
}
