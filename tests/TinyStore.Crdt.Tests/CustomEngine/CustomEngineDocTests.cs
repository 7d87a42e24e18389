using TinyStore.Node;

namespace TinyStore.Crdt.Tests.CustomEngine;

/// <summary>docs/custom-crdt-engine.md shows code of this folder, line for line, and its example is run here.</summary>
public sealed class CustomEngineDocTests
{
    [Theory]
    [InlineData("LwwMap.cs", "engine")]
    [InlineData("LwwPersister.cs", "adapter")]
    [InlineData("LwwSuiteTests.cs", "suite")]
    [InlineData("CustomEngineDocTests.cs", "use", "        ")]
    public void Page_ShowsTheCodeThatIsTested(string file, string region, string indent = "")
    {
        var code = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "TinyStore.Crdt.Tests", "CustomEngine", file))
            .SkipWhile(line => line != $"{indent}// <{region}>").Skip(1)
            .TakeWhile(line => line != $"{indent}// </{region}>")
            .Select(line => line.Length == 0 ? line : line[indent.Length..])
            .ToList();
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "custom-crdt-engine.md"));

        Assert.NotEmpty(code);
        Assert.Contains($"```csharp\n{string.Join('\n', code)}\n```", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Example_Runs_AndBothPeersKeepTheirRows()
    {
        // <use>
        Store office = new(), train = new();
        LwwMap officeMap = new(peer: 1), trainMap = new(peer: 2);
        await using var officePersister = new LwwPersister(office, officeMap);
        await using var trainPersister = new LwwPersister(train, trainMap);
        await officePersister.StartAutoPersistingAsync();
        await trainPersister.StartAutoPersistingAsync();

        office.SetRow("pets", "fido", new Row { ["species"] = "dog", ["age"] = 3 });
        train.SetRow("pets", "fido", new Row { ["owner"] = "Ann" });
        trainMap.Apply(officeMap.Encode(), origin: "network");
        officeMap.Apply(trainMap.Encode(), origin: "network");

        string[] cells = [.. office.GetCellIds("pets", "fido").Order()]; // age, owner, species: the same in both stores
        // </use>
        Assert.Equal(["age", "owner", "species"], cells);
        Assert.Equal(cells, train.GetCellIds("pets", "fido").Order());
    }

    [Fact]
    public void Update_ThatIsDamaged_IsRefusedAndChangesNothing()
    {
        var map = new LwwMap(1);
        map.Transact(() => map.Write(new LwwKey("t", "r", "c"), 1), null);
        var update = map.Encode();

        Assert.Throws<FormatException>(() => map.Apply(update[..^3], null));
        Assert.Equal(update, map.Encode());
    }
}
