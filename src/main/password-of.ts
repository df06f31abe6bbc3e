/** The password of an address, or nothing; it raises nothing, however wrong the address is. */
export function passwordOf(url: string | undefined): string {
  const { password } = (url && URL.parse(url)) || { password: '' };
  try {
    return decodeURIComponent(password);
  } catch {
    return password; // a percent sign that escapes nothing stands for itself
  }
}
