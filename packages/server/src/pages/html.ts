export * from '@faregate/core/html'
