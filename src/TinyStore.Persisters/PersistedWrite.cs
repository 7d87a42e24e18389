namespace TinyStore.Persisters;

/// <summary>What a persister shall write. Exactly one of the three is there.</summary>
/// <param name="Content">The whole content, which replaces what is persisted; or null.</param>
/// <param name="Changes">What changed since the last save, in the shape of TinyBase: null stands for a deleted table, row,
/// cell or value; or null.</param>
/// <param name="Json">The whole content as TinyBase's JSON <c>[tables, values]</c> in UTF-8, for persisters with
/// <see cref="StoragePersister.WritesJson"/>; or empty.</param>
public readonly record struct PersistedWrite(StoreContent? Content, StoreChanges? Changes, ReadOnlyMemory<byte> Json = default);
