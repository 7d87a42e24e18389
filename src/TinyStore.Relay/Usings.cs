global using TinyStore.Sync;
