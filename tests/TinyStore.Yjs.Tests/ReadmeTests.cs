using TinyStore.Node;

namespace TinyStore.Yjs.Tests;

/// <summary>The example of the package's README does what it says.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void TheExample_PrintsWhatItsCommentSays()
    {
        using YDoc office = new(), train = new();
        office.GetMap("pet")["name"] = "Fido";
        train.GetMap("pet")["age"] = 3;

        train.ApplyUpdate(office.EncodeStateAsUpdate(train.EncodeStateVector()), origin: "network");
        office.ApplyUpdate(train.EncodeStateAsUpdate(office.EncodeStateVector()), origin: "network");

        foreach (var pet in (YMap[])[office.GetMap("pet"), train.GetMap("pet")])
        {
            Assert.True(pet.TryGetString("name", out var name) & pet.TryGetInt32("age", out var age));
            Assert.Equal("Fido is 3", $"{name} is {age}");
        }
    }

    [Fact]
    public void TheExample_IsThatOfTheReadme()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "src", "TinyStore.Yjs", "README.md"));
        foreach (var line in (string[])
        [
            "office.GetMap(\"pet\")[\"name\"] = \"Fido\";",
            "train.ApplyUpdate(office.EncodeStateAsUpdate(train.EncodeStateVector()), origin: \"network\");",
            "if (pet.TryGetString(\"name\", out var name) && pet.TryGetInt32(\"age\", out var age))",
            "Console.WriteLine($\"{name} is {age}\"); // Fido is 3, at both",
        ])
        {
            Assert.Contains(line, readme, StringComparison.Ordinal);
        }
    }
}
