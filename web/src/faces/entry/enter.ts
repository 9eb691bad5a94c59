// Where to go once signed in: back to the page that asked, within the same role's face; otherwise the face's start.
export function enter(patient: boolean): void {
  const asked = new URLSearchParams(window.location.search).get("next") ?? "";
  const own = patient ? "/me/" : "/care/";
  window.location.assign(asked.startsWith(own) ? asked : own);
}
