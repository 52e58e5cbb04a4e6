import type { ManagedBy } from './route.ts'

/** What of the configuration can change while the gateway runs, by its path in the configuration file. */
export interface RuntimeSettings {
  /** Undefined: as the snapshot decides. */
  allModels: boolean | undefined
  /** Undefined: the address it listens on. */
  publicUrl: string | undefined
  'billing.topUpUrl': string | undefined
  'billing.contact': string | undefined
  /** Who issues invoices. */
  'billing.seller.name': string | undefined
  'billing.seller.address': string | undefined
  'billing.seller.taxNumber': string | undefined
  /** Days from the issue of an invoice until it is overdue. */
  'billing.dueDays': number
  sliceTokens: number
  maxOutputWhenAbsent: number
  'cors.origins': string[]
  /** Share by which a newer catalogue may change a price in force without being asked: 0.1 is a tenth. */
  'prices.approveAbove': number
}

export type SettingName = keyof RuntimeSettings

/** In the order in which they are listed. */
export const SETTING_NAMES = [
  'allModels',
  'publicUrl',
  'billing.topUpUrl',
  'billing.contact',
  'billing.seller.name',
  'billing.seller.address',
  'billing.seller.taxNumber',
  'billing.dueDays',
  'sliceTokens',
  'maxOutputWhenAbsent',
  'cors.origins',
  'prices.approveAbove',
] as const satisfies readonly SettingName[]

/** Those that were set in the database. */
export type StoredSettings = { [Name in SettingName]?: Exclude<RuntimeSettings[Name], undefined> }

export interface SettingInForce<T> {
  value: T
  managedBy: ManagedBy | { source: 'default' }
}

/** Every setting with its value and where that comes from. */
export type SettingsInForce = { readonly [Name in SettingName]: SettingInForce<RuntimeSettings[Name]> }

/** File and environment win over the database, which wins over the defaults. */
export function settingsInForce(fixed: SettingsInForce, stored: StoredSettings): SettingsInForce {
  return {
    allModels: inForce(fixed.allModels, stored.allModels),
    publicUrl: inForce(fixed.publicUrl, stored.publicUrl),
    'billing.topUpUrl': inForce(fixed['billing.topUpUrl'], stored['billing.topUpUrl']),
    'billing.contact': inForce(fixed['billing.contact'], stored['billing.contact']),
    'billing.seller.name': inForce(fixed['billing.seller.name'], stored['billing.seller.name']),
    'billing.seller.address': inForce(fixed['billing.seller.address'], stored['billing.seller.address']),
    'billing.seller.taxNumber': inForce(fixed['billing.seller.taxNumber'], stored['billing.seller.taxNumber']),
    'billing.dueDays': inForce(fixed['billing.dueDays'], stored['billing.dueDays']),
    sliceTokens: inForce(fixed.sliceTokens, stored.sliceTokens),
    maxOutputWhenAbsent: inForce(fixed.maxOutputWhenAbsent, stored.maxOutputWhenAbsent),
    'cors.origins': inForce(fixed['cors.origins'], stored['cors.origins']),
    'prices.approveAbove': inForce(fixed['prices.approveAbove'], stored['prices.approveAbove']),
  }
}

function inForce<T>(fixed: SettingInForce<T>, stored: T | undefined): SettingInForce<T> {
  if (stored === undefined || fixed.managedBy.source !== 'default') return fixed
  return { value: stored, managedBy: { source: 'database' } }
}
