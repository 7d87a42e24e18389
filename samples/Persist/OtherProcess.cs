using System.Diagnostics;
using TinyStore;
using TinyStore.Persisters;
using TinyStore.Persisters.Sqlite;

namespace Persist;

/// <summary>Somebody else, who works on the same file and the same database.</summary>
internal static class OtherProcess
{
    /// <summary>Starts this program once more, and waits for it.</summary>
    public static async Task RunAsync(string file, string database, string pet)
    {
        // Under "dotnet Persist.dll" the process is dotnet, and needs to be told of the program.
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program);
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(typeof(OtherProcess).Assembly.Location);
        }
        foreach (var argument in new[] { "adopt", file, database, pet })
        {
            start.ArgumentList.Add(argument);
        }
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync().ConfigureAwait(false);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"The other process ended with {process.ExitCode}.");
        }
    }

    /// <summary>What it does: one row more, in both places.</summary>
    public static async Task AdoptAsync(string file, string database, string pet)
    {
        Store first = new(), second = new();
        StoreLane lane = new();
        await using var filePersister = new FilePersister(first, file, new FilePersisterOptions { Post = lane.Post });
        await using var databasePersister = new SqlitePersister(second, $"Data Source={database}", new SqlitePersisterOptions { Post = lane.Post, Layout = Zoo.Layout });
        await filePersister.StartAutoPersistingAsync().ConfigureAwait(false);
        await databasePersister.StartAutoPersistingAsync().ConfigureAwait(false);
        await lane.RunAsync(() => first.SetRow("pets", pet, Zoo.Adopted)).ConfigureAwait(false);
        await lane.RunAsync(() => second.SetRow("pets", pet, Zoo.Adopted)).ConfigureAwait(false);
        await filePersister.FlushAsync().ConfigureAwait(false);
        await databasePersister.FlushAsync().ConfigureAwait(false);
    }
}

/// <summary>What both processes know.</summary>
internal static class Zoo
{
    public static SqliteTabularLayout Layout => SqliteTabularLayout.Of("pets");

    public static Row Adopted => new() { ["species"] = "parrot", ["age"] = 40, ["sold"] = true };

    public static StoreContent Start
    {
        get
        {
            var content = new StoreContent();
            content.Tables["pets"] = new Table
            {
                ["fido"] = new Row { ["species"] = "dog", ["age"] = 1, ["sold"] = true },
                ["felix"] = new Row { ["species"] = "cat", ["age"] = 0 },
            };
            content.Values["open"] = true;
            return content;
        }
    }
}
