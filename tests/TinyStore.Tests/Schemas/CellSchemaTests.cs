namespace TinyStore.Tests.Schemas;

public class CellSchemaTests
{
    [Fact]
    public void New_TypesThatASchemaCannotName_Throws()
    {
        Assert.Throws<ArgumentException>(() => new CellSchema());
        Assert.Throws<ArgumentException>(() => new CellSchema(CellKind.Null));
        Assert.Throws<ArgumentException>(() => new CellSchema(CellKind.String, CellKind.Undefined));
    }

    [Fact]
    public void OneOf_ContentsThatAreNone_Throws()
    {
        Assert.Throws<ArgumentException>(() => CellSchema.OneOf());
        Assert.Throws<ArgumentException>(() => CellSchema.OneOf(CellValue.Null));
        Assert.Throws<ArgumentException>(() => CellSchema.OneOf("a", double.NaN));
        Assert.Throws<ArgumentException>(() => CellSchema.OneOf(CellValue.FromJson("{}")));
        Assert.Throws<ArgumentException>(() => CellSchema.OneOf("\uFFFDx"));
        Assert.Throws<ArgumentException>(() => CellSchema.OneOf(default(CellValue)));
    }

    [Fact]
    public void Allows_TypesContentsAndNull()
    {
        var number = new CellSchema(CellKind.Number, CellKind.Boolean);
        Assert.True(number.Allows(1) && number.Allows(true));
        Assert.False(number.Allows("1") || number.Allows(CellValue.Null) || number.Allows(double.NaN) || number.Allows(default) || number.Allows(CellValue.FromJson("[]")));
        Assert.True(new CellSchema(CellKind.Object) { AllowNull = true }.Allows(CellValue.Null));
        Assert.False(new CellSchema(CellKind.String).Allows("\uFFFC"));
        var one = CellSchema.OneOf("a", 0);
        Assert.True(one.Allows("a") && one.Allows(-0.0));
        Assert.False(one.Allows("b") || one.Allows(false));
    }
}
