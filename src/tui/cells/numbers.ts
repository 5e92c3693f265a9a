/** Times and amounts as the UI writes them; by hand, because Intl takes 10 ms. */

const SECOND = 1_000;
const MINUTE = 60;
const HOUR = 3_600;

/** How long something has taken so far: `3s`, `1m 07s`, `2h 03m 00s`. */
export function elapsedText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND));
  if (seconds < MINUTE) return `${seconds}s`;
  const rest = twoDigits(seconds % MINUTE);
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}m ${rest}s`;
  const minutes = twoDigits(Math.floor(seconds % HOUR / MINUTE));
  return `${Math.floor(seconds / HOUR)}h ${minutes}m ${rest}s`;
}

/** How long something took: `12ms`, `1.5s`, `1m 07s`. */
export function durationText(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)}ms`;
  if (ms < MINUTE * SECOND) return `${(ms / SECOND).toFixed(1)}s`;
  return elapsedText(ms);
}

/** `1234567` as `1,234,567`. */
export function withSeparators(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `55100` as `55.1K`: three digits that count. */
export function shortAmount(value: number): string {
  const units = ["", "K", "M", "B"];
  let amount = value;
  let unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1_000;
    unit++;
  }
  if (unit === 0) return String(Math.round(amount));
  const digits = amount < 9.995 ? 2 : amount < 99.95 ? 1 : 0;
  return `${
    amount.toFixed(digits).replace(/\.?0+$/, (zeros) =>
      zeros.startsWith(".") ? "" : zeros)
  }${units[unit]}`;
}

const MONTHS = [
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
];

/** A time of day where the user is, with the date when it is not today's. */
export function momentText(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const now = new Date(nowMs);
  const time = `${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`;
  const isToday = at.getFullYear() === now.getFullYear() &&
    at.getMonth() === now.getMonth() && at.getDate() === now.getDate();
  return isToday ? time : `${time} on ${at.getDate()} ${MONTHS[at.getMonth()]}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
