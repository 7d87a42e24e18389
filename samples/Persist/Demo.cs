using Microsoft.Data.Sqlite;
using TinyStore;
using TinyStore.Persisters;
using TinyStore.Persisters.Sqlite;

namespace Persist;

/// <summary>One store after the other, kept in a file, in a database as JSON, and in a database's own tables.</summary>
internal static class Demo
{
    private static readonly Screen Screen = new();

    /// <returns>The exit code: 0 where every check held.</returns>
    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("persist-sample-").FullName;
        try
        {
            var file = Path.Combine(folder, "zoo.json");
            var database = Path.Combine(folder, "zoo.db");
            await FileAsync(file).ConfigureAwait(false);
            await JsonInDatabaseAsync(Path.Combine(folder, "json.db")).ConfigureAwait(false);
            await TablesInDatabaseAsync(database).ConfigureAwait(false);
            await OtherProcessAsync(file, database).ConfigureAwait(false);
            await TruncatedFileAsync(file).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        Console.WriteLine(Screen.Failed == 0 ? $"all {Screen.Held} checks hold" : $"{Screen.Failed} of {Screen.Held + Screen.Failed} checks do not hold");
        return Screen.Failed == 0 ? 0 : 1;
    }

    private static async Task FileAsync(string file)
    {
        Screen.Step("A store in a file");
        Store store = new();
        StoreLane lane = new();
        await using (var persister = new FilePersister(store, file, new FilePersisterOptions { Post = lane.Post }))
        {
            await persister.StartAutoPersistingAsync(Zoo.Start).ConfigureAwait(false);
            await lane.RunAsync(() => store.SetCell("pets", "felix", "age", 2)).ConfigureAwait(false);
        } // what is unsaved is saved before it is gone
        Screen.Say(await File.ReadAllTextAsync(file).ConfigureAwait(false));

        Store again = new();
        await using var reader = new FilePersister(again, file);
        await reader.LoadAsync().ConfigureAwait(false);
        ShowPets(again);
        Screen.Check("the file gives the same store again", again.GetJson() == store.GetJson());
    }

    private static async Task JsonInDatabaseAsync(string database)
    {
        Screen.Step("A store as JSON in a SQLite database");
        Store store = new();
        await using var persister = new SqlitePersister(store, $"Data Source={database}");
        await persister.LoadAsync(Zoo.Start).ConfigureAwait(false);
        await persister.SaveAsync().ConfigureAwait(false);
        Query(database, "SELECT _id, store FROM tinybase");
        Screen.Check("it is one row", Scalar(database, "SELECT count(*) FROM tinybase") == 1);
    }

    private static async Task TablesInDatabaseAsync(string database)
    {
        Screen.Step("A store in tables of a SQLite database");
        Store store = new();
        StoreLane lane = new();
        await using var persister = new SqlitePersister(store, $"Data Source={database}", new SqlitePersisterOptions { Post = lane.Post, Layout = Zoo.Layout });
        await persister.StartAutoPersistingAsync(Zoo.Start).ConfigureAwait(false);
        Execute(database, "CREATE TABLE watch(row); CREATE TRIGGER watch_pets AFTER UPDATE ON pets BEGIN INSERT INTO watch VALUES(new._id); END");
        await lane.RunAsync(() => store.SetCell("pets", "felix", "age", 2)).ConfigureAwait(false);
        await persister.FlushAsync().ConfigureAwait(false);
        Query(database, "SELECT * FROM pets");
        Screen.Check("one changed cell wrote one row", Scalar(database, "SELECT count(*) FROM watch") == 1);

        Store again = new();
        await using var reader = new SqlitePersister(again, $"Data Source={database}", new SqlitePersisterOptions { Layout = Zoo.Layout });
        await reader.LoadAsync().ConfigureAwait(false);
        ShowPets(again);
        Screen.Check("booleans and missing cells come back as they were", again.GetCell("pets", "fido", "sold") == true && !again.HasCell("pets", "felix", "sold"));
    }

    private static async Task OtherProcessAsync(string file, string database)
    {
        Screen.Step("Another process changes the file and the database");
        Store first = new(), second = new();
        StoreLane lane = new();
        await using var filePersister = new FilePersister(first, file, new FilePersisterOptions { Post = lane.Post });
        await using var databasePersister = new SqlitePersister(second, $"Data Source={database}", new SqlitePersisterOptions { Post = lane.Post, Layout = Zoo.Layout });
        await filePersister.StartAutoPersistingAsync().ConfigureAwait(false);
        await databasePersister.StartAutoPersistingAsync().ConfigureAwait(false);

        var other = OtherProcess.RunAsync(file, database, "polly");
        await lane.RunAsync(() =>
        {
            first.SetCell("pets", "fido", "age", 5);
            second.SetCell("pets", "fido", "age", 5);
        }).ConfigureAwait(false);
        await other.ConfigureAwait(false);
        var came = await UntilAsync(() => lane.RunAsync(() => first.HasRow("pets", "polly") && second.HasRow("pets", "polly"))).ConfigureAwait(false);
        await filePersister.FlushAsync().ConfigureAwait(false);
        await databasePersister.FlushAsync().ConfigureAwait(false);

        await lane.RunAsync(() => ShowPets(first)).ConfigureAwait(false);
        Query(database, "SELECT * FROM pets");
        Screen.Check("its pet is in both stores", came);
        Screen.Check(
            "and what was changed here meanwhile is in both places",
            (await File.ReadAllTextAsync(file).ConfigureAwait(false)).Contains("\"age\":5", StringComparison.Ordinal)
                && Scalar(database, "SELECT age FROM pets WHERE _id = 'fido'") == 5);
    }

    private static async Task TruncatedFileAsync(string file)
    {
        Screen.Step("A file that was cut short");
        var whole = await File.ReadAllTextAsync(file).ConfigureAwait(false);
        var half = whole[..(whole.Length / 2)];
        await File.WriteAllTextAsync(file, half).ConfigureAwait(false);

        Store store = new();
        store.SetValue("open", "as before");
        await using var persister = new FilePersister(store, file);
        var told = false;
        persister.Error += (_, e) =>
        {
            told = true;
            Screen.Say(e.Exception.Message);
        };
        try
        {
            await persister.StartAutoPersistingAsync().ConfigureAwait(false);
            Screen.Check("it is refused", false);
        }
        catch (PersistedDataException)
        {
            Screen.Check("it is refused, and the app is told", told);
        }
        Screen.Check("it is left as it is, and so is the store", await File.ReadAllTextAsync(file).ConfigureAwait(false) == half && store.GetValue("open") == "as before");

        await File.WriteAllTextAsync(file, whole).ConfigureAwait(false);
        await persister.StartAutoPersistingAsync().ConfigureAwait(false);
        Screen.Check("once it is whole again, it is loaded", store.GetRowCount("pets") == 3);
    }

    private static void ShowPets(Store store) => Screen.Show(
        ["pet", "species", "age", "sold"],
        store.GetRowIds("pets").Select(pet => (string[])[pet, .. new[] { "species", "age", "sold" }.Select(cell => store.GetCell("pets", pet, cell)?.ToString() ?? "")]));

    private static void Query(string database, string sql)
    {
        using var connection = Connect(database);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var columns = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToArray();
        var rows = new List<string[]>();
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "NULL" : reader.GetString(i))]);
        }
        Screen.Say(sql);
        Screen.Show(columns, rows);
    }

    private static long Scalar(string database, string sql)
    {
        using var connection = Connect(database);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static void Execute(string database, string sql)
    {
        using var connection = Connect(database);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static SqliteConnection Connect(string database)
    {
        var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        return connection;
    }

    private static async Task<bool> UntilAsync(Func<Task<bool>> condition)
    {
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromMinutes(1); await Task.Delay(20).ConfigureAwait(false))
        {
            if (await condition().ConfigureAwait(false))
            {
                return true;
            }
        }
        return false;
    }
}
