type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** The members that have a value: absent, null and a default are three things, and what was not said is not sent (M5). */
export function present<const T extends object>(members: T): Present<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>
}

/** What the items become, without those that become nothing. */
export function mapPresent<Item, Result>(items: readonly Item[], map: (item: Item) => Result | undefined): Result[] {
  return items.map(map).filter((result) => result !== undefined)
}
