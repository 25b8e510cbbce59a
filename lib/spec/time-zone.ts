/** Names of the tz database that have no area before them. Source: its files backward and etcetera, release 2025c. */
const WITHOUT_AREA = [
  ...['CET', 'CST6CDT', 'EET', 'EST', 'EST5EDT', 'HST', 'MET', 'MST', 'MST7MDT', 'PST8PDT', 'WET'],
  ...['GMT', 'GMT+0', 'GMT-0', 'GMT0', 'Greenwich', 'UCT', 'UTC', 'Universal', 'Zulu'],
  ...['Cuba', 'Egypt', 'Eire', 'GB', 'GB-Eire', 'Hongkong', 'Iceland', 'Iran', 'Israel', 'Jamaica', 'Japan'],
  ...['Kwajalein', 'Libya', 'NZ', 'NZ-CHAT', 'Navajo', 'PRC', 'Poland', 'Portugal', 'ROC', 'ROK', 'Singapore'],
  ...['Turkey', 'W-SU'],
];

/** A name with its area as the tz database spells it. ICU, which Node asks, takes any other spelling of it too. */
const WITH_AREA = /^(?:US|[A-Z][a-z]+)(?:\/(?![A-Z]{4})[A-Z][\w+-]*)+$/;

/** What ICU still knows, and the tz database does not. */
const OF_ICU_ALONE = /^SystemV\/|^US\/Pacific-New$|^Canada\/East-Saskatchewan$/;

/**
 * Whether the tz database of the IANA knows a time zone by this name, in this very spelling. ICU has names of its own, and
 * they are of no use: both clouds refuse `PST`, and its `BST` is the time of Dhaka.
 */
export function isTimeZone(name: string): boolean {
  // The list lacks the other names of a zone, but Node has it at once: its first format takes twenty milliseconds.
  if (Intl.supportedValuesOf('timeZone').includes(name) || WITHOUT_AREA.includes(name)) return true;
  if (!WITH_AREA.test(name) || OF_ICU_ALONE.test(name)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}
