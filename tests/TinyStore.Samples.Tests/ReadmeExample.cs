using TinyStore.Crdt;
using TinyStore.Yjs;

namespace TinyStore.Samples.Tests;

/// <summary>The example of the README. <see cref="ReadmeTests"/> checks that the page shows exactly these lines, and runs them.</summary>
internal static class ReadmeExample
{
    public static async Task<string[]> RunAsync()
    {
        // <example>
        Store office = new(), train = new();
        YDoc officeDoc = new(), trainDoc = new();
        await using var officePersister = new YjsPersister(office, officeDoc);
        await using var trainPersister = new YjsPersister(train, trainDoc);
        await officePersister.StartAutoPersistingAsync();
        await trainPersister.StartAutoPersistingAsync();

        // Both are offline, and both make the same new table.
        office.SetRow("pets", "fido", new Row { ["species"] = "dog", ["age"] = 3 });
        train.SetRow("pets", "felix", new Row { ["species"] = "cat", ["sold"] = true });

        // The documents meet: here as bytes, in an app through SignalRProvider and the relay.
        trainDoc.ApplyUpdate(officeDoc.EncodeStateAsUpdate());
        officeDoc.ApplyUpdate(trainDoc.EncodeStateAsUpdate());
        string[] pets = [.. office.GetRowIds("pets").Order()]; // felix, fido: the same in both stores
        // </example>
        Assert.Equal(pets, train.GetRowIds("pets").Order());
        return pets;
    }
}
