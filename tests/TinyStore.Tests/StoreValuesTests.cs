namespace TinyStore.Tests;

public class StoreValuesTests
{
    private readonly Store _store = new();

    [Fact]
    public void SetValues_Replaces()
    {
        _store.SetValues(new() { ["a"] = 1, ["b"] = 2 }).SetValues(new() { ["c"] = 3, ["b"] = 4 });
        Assert.Equal("{\"b\":4,\"c\":3}", _store.GetValuesJson());
    }

    [Fact]
    public void SetPartialValues_LeavesTheOthers()
    {
        _store.SetValues(new() { ["a"] = 1, ["b"] = 2 }).SetPartialValues(new() { ["c"] = 3, ["b"] = 4 });
        Assert.Equal("{\"a\":1,\"b\":4,\"c\":3}", _store.GetValuesJson());
    }

    [Fact]
    public void SetValues_InvalidMembers_AreLeftOut()
    {
        var lines = new Recorder(_store).ListenToInvalid();
        _store.SetValues(new() { ["a"] = double.NaN, ["b"] = 2 }).SetValue("c", "\uFFFC").SetPartialValues(new() { ["d"] = default });
        Assert.Equal("{\"b\":2}", _store.GetValuesJson());
        Assert.Equal(["invalidValue a NaN", "invalidValue c \uFFFC", "invalidValue d undefined"], lines.Take());
    }

    [Fact]
    public void UpdateAndDelete_Work()
    {
        _store.UpdateValue("a", old => old is null ? 1 : 0).UpdateValue("a", old => old!.Value.AsDouble() + 1).SetValue("b", "x");
        Assert.Equal(2, _store.GetValue("a"));
        _store.DeleteValue("a");
        Assert.Equal(["b"], _store.GetValueIds());
        _store.DeleteValues();
        Assert.False(_store.HasValues());
    }
}
