// The reference validator as a pipe: the path of a resource a line in, its errors as one line of JSON out.
//
// Started by java_verdicts.py with a class path of hapi-fhir-validation, hapi-fhir-structures-r4,
// hapi-fhir-validation-resources-r4 and a caching implementation. Judges by FHIR R4 alone.
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;

public class JavaVerdicts {
  public static void main(String[] arguments) throws Exception {
    FhirContext context = FhirContext.forR4();
    FhirInstanceValidator judge = new FhirInstanceValidator(new ValidationSupportChain(
        new DefaultProfileValidationSupport(context),
        new CommonCodeSystemsTerminologyService(context),
        new InMemoryTerminologyServerValidationSupport(context),
        new SnapshotGeneratingValidationSupport(context)));
    FhirValidator validator = context.newValidator().registerValidatorModule(judge);
    BufferedReader files =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String file = files.readLine(); file != null; file = files.readLine()) {
      System.out.println("[" + String.join(",", errorsOf(validator, Path.of(file))) + "]");
      System.out.flush();
    }
  }

  static List<String> errorsOf(FhirValidator validator, Path file) throws Exception {
    List<String> errors = new ArrayList<>();
    try {
      for (SingleValidationMessage one :
          validator.validateWithResult(Files.readString(file)).getMessages()) {
        if (one.getSeverity().compareTo(ResultSeverityEnum.ERROR) >= 0)
          errors.add(quoted(one.getLocationString() + ": " + one.getMessage()));
      }
    } catch (RuntimeException refused) {  // what it cannot even read
      errors.add(quoted(String.valueOf(refused.getMessage())));
    }
    return errors;
  }

  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char letter : text.toCharArray()) {
      if (letter == '"' || letter == '\\') out.append('\\').append(letter);
      else if (letter < ' ' || letter > '~') out.append(String.format("\\u%04x", (int) letter));
      else out.append(letter);
    }
    return out.append('"').toString();
  }
}
