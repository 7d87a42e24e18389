using TinyStore.Persisters;

namespace TinyStore.TestKit.Persisters;

/// <summary>A place where stores are persisted, and the persister under test for it. The suite uses the tables <c>t</c> and
/// <c>u</c>, and any values.</summary>
public interface IPersisterFixture : IAsyncDisposable
{
    /// <summary>Makes a persister of the place that hears of changes within a fraction of a second.</summary>
    StoragePersister Create(Store store, StoragePersisterOptions options);

    /// <summary>What is persisted, read by other means than the persister under test; null where nothing is.</summary>
    Task<StoreContent?> ReadAsync();

    /// <summary>Somebody else replaces what is persisted.</summary>
    Task WriteAsync(StoreContent content);

    /// <summary>From here on, saves fail. Something is persisted.</summary>
    Task BreakWritesAsync();

    /// <summary>From here on, saves work again.</summary>
    Task RepairWritesAsync();

    /// <summary>From here on, loads fail. Something is persisted.</summary>
    Task BreakReadsAsync();

    /// <summary>From here on, loads work again.</summary>
    Task RepairReadsAsync();

    /// <summary>Saves begin, but do not end before what is returned is disposed.</summary>
    Task<IAsyncDisposable> HoldWritesAsync();
}

/// <summary>Helpers for fixtures and suites.</summary>
public static class PersisterFixtures
{
    /// <summary>Copies the options that all storage persisters have.</summary>
    public static TOptions Fill<TOptions>(this StoragePersisterOptions from, TOptions to)
        where TOptions : StoragePersisterOptions
    {
        to.Logger = from.Logger;
        to.FlushOnDispose = from.FlushOnDispose;
        to.Post = from.Post;
        to.Queue = from.Queue;
        to.RetryDelay = from.RetryDelay;
        to.TimeProvider = from.TimeProvider;
        return to;
    }

    /// <summary>Waits for a condition, with a limit that a loaded machine does not reach.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(60);)
        {
            if (await condition())
            {
                return;
            }
            await Task.Delay(5);
        }
        Xunit.Assert.Fail($"It did not come true within a minute: {what}");
    }

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, string)"/>
    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    /// <summary>The content as JSON in which the order of tables, rows, cells and values does not matter.</summary>
    public static string Canonical(this StoreContent? content)
    {
        if (content is null)
        {
            return "nothing";
        }
        var store = new Store();
        foreach (var (tableId, table) in content.Tables.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            foreach (var (rowId, row) in table.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                foreach (var (cellId, cell) in row.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    store.SetCell(tableId, rowId, cellId, cell);
                }
            }
        }
        foreach (var (valueId, value) in content.Values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            store.SetValue(valueId, value);
        }
        return store.GetJson();
    }
}
