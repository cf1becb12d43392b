interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

/** As much of RFC 6265 as one provider on one address needs: names, paths and deletion. */
export class CookieJar {
  readonly #cookies = new Map<string, Cookie>();

  /** Takes the `Set-Cookie` headers of an answer to `url`. */
  take(url: string, headers: string | string[] | undefined): void {
    for (const header of headers === undefined ? [] : [headers].flat()) {
      const [pair = '', ...attributes] = header.split(';').map((part) => part.trim());
      const [name = '', ...value] = pair.split('=');
      const attribute = (wanted: string) =>
        attributes.find((text) => text.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1);
      const path = attribute('path') ?? new URL(url).pathname;
      const expires = attribute('expires');
      const cookie = { name, value: value.join('='), path };
      // A server deletes a cookie by a date in 1970.
      if (cookie.value === '' || (expires !== undefined && Date.parse(expires) === 0)) {
        this.#cookies.delete(`${name} ${path}`);
      } else this.#cookies.set(`${name} ${path}`, cookie);
    }
  }

  /** The `Cookie` header for a request to `url`. */
  header(url: string): string {
    const { pathname } = new URL(url);
    return [...this.#cookies.values()]
      .filter(({ path }) => path === '/' || pathname === path || pathname.startsWith(`${path}/`))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }
}
