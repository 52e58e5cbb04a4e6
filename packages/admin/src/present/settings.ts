import type { AdminDeps } from '../deps.ts'

/** Each setting with the value in force, which for some is more than what was set, and where that comes from. */
export function presentSettings(deps: Pick<AdminDeps, 'settings' | 'snapshot' | 'publicUrl'>) {
  const settings = deps.settings()
  const orNull = (name: 'topUpUrl' | 'contact' | 'seller.name' | 'seller.address' | 'seller.taxNumber') => {
    const setting = settings[`billing.${name}`]
    return { ...setting, value: setting.value ?? null }
  }
  return {
    allModels: { ...settings.allModels, value: deps.snapshot().allModels },
    publicUrl: { ...settings.publicUrl, value: deps.publicUrl() },
    billing: {
      topUpUrl: orNull('topUpUrl'),
      contact: orNull('contact'),
      seller: { name: orNull('seller.name'), address: orNull('seller.address'), taxNumber: orNull('seller.taxNumber') },
      dueDays: settings['billing.dueDays'],
    },
    sliceTokens: settings.sliceTokens,
    maxOutputWhenAbsent: settings.maxOutputWhenAbsent,
    cors: { origins: settings['cors.origins'] },
    prices: { approveAbove: settings['prices.approveAbove'] },
  }
}
