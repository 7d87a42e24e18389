using System.Text.Json.Nodes;
using TinyStore.TestKit.Persisters;

namespace TinyStore.Persisters.Sqlite.Tests;

/// <summary>
/// Databases that the real TinyBase writes and reads. Its sqlite-wasm keeps them in memory under Node; they go in and out as
/// whole files.
/// </summary>
public sealed class TinyBaseDatabaseTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tinybasedb");
    private readonly Store _store = new();

    private string DatabasePath => Path.Combine(_folder.FullName, "store.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Json_BothWays_EverythingComesThrough()
    {
        const string Content = """[{"t":{"r1":{"a":"text","b":1,"c":true,"d":null,"e":"\uFFFD{\"k\":[1,null]}"},"r2":{"x":0.1}}},{"v":false,"w":"日本"}]""";
        await using (var theirs = await TinyBasePersister.OfSqliteAsync(DatabasePath))
        {
            await theirs.SetAsync(Content);
            await theirs.CallAsync("save");
            await theirs.ExportAsync();
        }

        await using (var ours = Persist(new SqliteJsonLayout()))
        {
            await ours.StartAutoPersistingAsync();
            Assert.Equal(new Store().SetJson(Content).GetContent().Canonical(), _store.GetContent().Canonical());
            _store.SetCell("t", "r2", "y", "ours");
        }

        await using (var theirs = await TinyBasePersister.OfSqliteAsync(DatabasePath))
        {
            await theirs.CallAsync("load");
            Assert.Equal(_store.GetContent().Canonical(), await theirs.GetAsync());
        }
    }

    [Fact]
    public async Task Json_OtherNames_AreTheSameNames()
    {
        _store.SetValue("v", 1);
        await using (var ours = Persist(new SqliteJsonLayout { StoreTableName = "my store", StoreIdColumnName = "key", StoreColumnName = "json" }))
        {
            await ours.SaveAsync();
        }

        var config = JsonNode.Parse("""{"mode":"json","storeTableName":"my store","storeIdColumnName":"key","storeColumnName":"json"}""");
        await using var theirs = await TinyBasePersister.OfSqliteAsync(DatabasePath, config);
        await theirs.CallAsync("load");

        Assert.Equal("[{},{\"v\":1}]", await theirs.GetAsync());
    }

    [Fact]
    public async Task Tabular_TheyWrite_WeLoad_WhatSqlCanSay()
    {
        await using (var theirs = await TinyBasePersister.OfSqliteAsync(DatabasePath, TabularConfig()))
        {
            await theirs.SetAsync("""[{"t":{"r1":{"a":"text","n":1,"b":true},"r2":{"a":null,"j":"\uFFFD{\"k\":1}","n":0.5}}},{"v":"x","on":false}]""");
            await theirs.CallAsync("save");
            await theirs.ExportAsync();
        }

        await using var ours = Persist(Tabular());
        await ours.LoadAsync();

        // Booleans are numbers and a null is nothing in what TinyBase writes; objects are themselves.
        Assert.Equal("""[{"t":{"r1":{"a":"text","b":1,"n":1},"r2":{"j":"\uFFFD{\"k\":1}","n":0.5}}},{"on":0,"v":"x"}]""".Replace("\\uFFFD", "\uFFFD", StringComparison.Ordinal), _store.GetContent().Canonical());
    }

    [Fact]
    public async Task Tabular_WeWrite_TheyLoadAndWriteBack_OurKindsStay()
    {
        _store.SetRow("t", "r1", new Row { ["a"] = "text", ["b"] = true, ["n"] = 1 }).SetRow("t", "r2", new Row { ["b"] = false, ["m"] = CellValue.Null }).SetValue("v", true);
        var wanted = _store.GetContent().Canonical();
        await using (var ours = Persist(Tabular()))
        {
            await ours.SaveAsync();
        }

        await using (var theirs = await TinyBasePersister.OfSqliteAsync(DatabasePath, TabularConfig()))
        {
            await theirs.CallAsync("load");

            // What it makes of SQL: dense rows, numbers for booleans.
            Assert.Equal("""[{"t":{"r1":{"a":"text","b":1,"m":null,"n":1},"r2":{"a":null,"b":0,"m":null,"n":null}}},{"v":1}]""", await theirs.GetAsync());
            await theirs.CallAsync("save");
            await theirs.ExportAsync();
        }

        var again = new Store();
        await using var reader = new SqlitePersister(again, $"Data Source={DatabasePath}", new SqlitePersisterOptions { Layout = Tabular() });
        await reader.LoadAsync();
        Assert.Equal(wanted, again.GetContent().Canonical());
    }

    [Fact]
    public async Task Tabular_TheyMadeTheTables_WeChangeAndDelete_TheyLoad()
    {
        await using (var theirs = await TinyBasePersister.OfSqliteAsync(DatabasePath, TabularConfig()))
        {
            await theirs.SetAsync("""[{"t":{"r1":{"a":1},"r2":{"a":2},"r3":{"a":3}}},{"v":1,"w":2}]""");
            await theirs.CallAsync("save");
            await theirs.ExportAsync();
        }
        await using (var ours = Persist(Tabular()))
        {
            await ours.StartAutoPersistingAsync();
            _store.Transaction(() => _store.SetCell("t", "r1", "a", 10).DeleteRow("t", "r2").SetCell("t", "r4", "a", 4).SetValue("v", 5));
        }

        await using var back = await TinyBasePersister.OfSqliteAsync(DatabasePath, TabularConfig());
        await back.CallAsync("load");

        Assert.Equal("""[{"t":{"r1":{"a":10},"r3":{"a":3},"r4":{"a":4}}},{"v":5,"w":2}]""", await back.GetAsync());
    }

    private SqlitePersister Persist(SqliteLayout layout) => new(_store, $"Data Source={DatabasePath}", new SqlitePersisterOptions { Layout = layout });

    private static SqliteTabularLayout Tabular() => SqliteTabularLayout.Of("t");

    private static JsonNode TabularConfig() =>
        JsonNode.Parse("""{"mode":"tabular","tables":{"load":{"t":"t"},"save":{"t":"t"}},"values":{"load":true,"save":true}}""")!;
}
